import Evaluate
public import Records

extension RunComparison {
  /// The comparison as JSON: one object a run, in it one a metric; of one run alone its scores.
  public var object: JSONObject { isAlone ? scores : comparisons }

  private var scores: JSONObject {
    [
      "run": .string(baseline), "records": .integer(records),
      "settings": [
        "resamples": .integer(options.resamples), "level": .real(options.level),
        "interval": .string(options.interval.rawValue),
        "generator": .string(options.generator.rawValue), "seed": .integer(options.seed),
      ],
      "metrics": .object(
        JSONObject(
          pairs.flatMap(\.rows).map { row in
            (
              row.metric.name,
              ["score": .real(row.baseline.estimate), "interval": row.baseline.ends]
            )
          })),
      "left_out": .array(pairs.flatMap(\.leftOut).map(json)),
    ]
  }

  private var comparisons: JSONObject {
    [
      "baseline": .string(baseline), "records": .integer(records),
      "settings": [
        "test": .string(options.test.rawValue), "trials": .integer(options.trials),
        "resamples": .integer(options.resamples), "level": .real(options.level),
        "interval": .string(options.interval.rawValue),
        "correction": .string(options.correction.rawValue),
        "generator": .string(options.generator.rawValue), "seed": .integer(options.seed),
      ],
      "runs": .array(pairs.map(json)),
    ]
  }

  private func json(_ pair: Pair) -> JSONValue {
    var object: JSONObject = [
      "run": .string(pair.run),
      "metrics": .object(JSONObject(pair.rows.map { ($0.metric.name, json($0)) })),
    ]
    if let test = pair.mcNemar {
      object["mcnemar"] = [
        "baseline_only_right": .integer(test.firstOnly),
        "run_only_right": .integer(test.secondOnly), "p_exact": .real(test.exact),
        "p_chi_squared": .real(test.chiSquared()),
      ]
    }
    object["left_out"] = .array(pair.leftOut.map(json))
    object["differing_records"] = .integer(pair.differingCount)
    object["differ_most"] = .array(pair.differing.map(\.json))
    return .object(object)
  }

  private func json(_ left: LeftOut) -> JSONValue {
    ["metrics": .array(left.metrics.map { .string($0) }), "reason": .string(left.reason)]
  }

  private func json(_ row: Row) -> JSONValue {
    [
      "baseline": .real(row.baseline.estimate), "baseline_interval": row.baseline.ends,
      "run": .real(row.system.estimate), "run_interval": row.system.ends,
      "difference": .real(row.difference.estimate), "difference_interval": row.difference.ends,
      "p": .real(row.pValue), "p_corrected": .real(row.correctedPValue), "test": .string(row.test),
      "significant": .bool(isSignificant(row)),
      "better": row.isBetter.map { .bool($0) } ?? .null,
    ]
  }
}

extension ConfidenceInterval {
  fileprivate var ends: JSONValue { [.real(lower), .real(upper)] }
}
