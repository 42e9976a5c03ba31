import Evaluate
public import Records

extension Ablation {
  /// The results as JSON: what was compared, and one object a metric.
  public var object: JSONObject {
    [
      "pipeline": .string(name), "over": .string(options.over),
      "stages": .array(stages.map { .string($0) }),
      "settings": [
        "level": .real(options.level), "resamples": .integer(options.resamples),
        "correction": .string(options.correction.rawValue),
      ],
      "seeds": .array(seeds.indices.map(json)),
      "metrics": .object(JSONObject(effects.map { ($0.name, json($0)) })),
      "left_out": .array(
        leftOut.map { left in
          [
            "metrics": .array(left.metrics.map { .string($0) }), "reason": .string(left.reason),
          ]
        }),
      "notes": .array(notes.map { .string($0) }),
    ]
  }

  /// The arms of one seed.
  private func json(_ index: Int) -> JSONValue {
    [
      "seed": .string("\(seeds[index])"), "test_records": .integer(records[index]),
      "with": [
        "run": .string(folders[index].with), "training_records": .integer(training[index].with),
        "steps": .integer(steps[index].with),
      ],
      "without": [
        "run": .string(folders[index].without),
        "training_records": .integer(training[index].without),
        "steps": .integer(steps[index].without),
      ],
    ]
  }

  private func json(_ effect: StageEffect) -> JSONValue {
    [
      "with": .array(effect.with.map { .real($0) }),
      "without": .array(effect.without.map { .real($0) }),
      "differences": .array(effect.differences.map { .real($0) }),
      "difference": .real(effect.difference),
      "seed_interval": effect.seedInterval.map { [.real($0.lowerBound), .real($0.upperBound)] }
        ?? .null,
      "record_interval": effect.recordInterval.map { [.real($0.lower), .real($0.upper)] } ?? .null,
      "p": .real(effect.pValue), "p_corrected": .real(effect.correctedPValue),
      "includes_zero": .bool(effect.verdict == .includesZero),
      "verdict": .string(effect.verdict.rawValue),
      "direction": effect.direction.map { .string($0.rawValue) } ?? .null,
    ]
  }
}
