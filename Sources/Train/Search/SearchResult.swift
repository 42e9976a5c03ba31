import Evaluate
public import Records
import Stages

/// What a search has found.
public struct SearchResult: Sendable {
  /// The candidate that is trained fully.
  public let winner: MethodCandidate
  /// The options of a training by it.
  public let options: TrainingOptions
  /// Whether the time was up before the last rung was.
  public let isOutOfTime: Bool
  private let plan: SearchPlan
  private let state: SearchState
  private let halving: SuccessiveHalving
  private let metric: WatchedMetric
  /// What the search was asked for.
  private let asked: TrainingOptions

  init(
    plan: SearchPlan, state: SearchState, halving: SuccessiveHalving, metric: WatchedMetric,
    winner: MethodCandidate, options: TrainingOptions, isOutOfTime: Bool
  ) {
    (self.plan, self.state, self.halving, self.metric) = (plan, state, halving, metric)
    (self.winner, self.isOutOfTime) = (winner, isOutOfTime)
    asked = options
    self.options = winner.options(options)
  }

  /// The names of candidates that no other one beats in score, trained parameters and seconds of a step at
  /// once; each with the score of its last rung.
  public var front: [String] {
    let scored = plan.tried.compactMap { entry in
      state.last(of: entry.candidate.name).flatMap { trial in
        trial.score.map { (entry, trial, $0) }
      }
    }
    let sign = metric.direction == .greater ? -1.0 : 1
    let places = ParetoFront.places(
      scored.map { [sign * $2, Double($0.trained), $1.pace] })
    return places.map { scored[$0].0.candidate.name }
  }

  // MARK: - Files

  /// `search/trials.json`: what was tried and chosen, without times.
  public var json: JSONValue {
    [
      "metric": .string(metric.name),
      "direction": .string(metric.direction == .greater ? "greater" : "lower"),
      "eta": .integer(SearchLimits(asked).eta),
      "rungs": .array(halving.counts.map { .integer($0) }),
      "model_parameters": .integer(plan.parameters), "winner": .string(winner.name),
      "out_of_time": .bool(isOutOfTime), "candidates": .array(plan.entries.map(json)),
    ]
  }

  private func json(_ entry: SearchPlan.Entry) -> JSONValue {
    let name = entry.candidate.name
    let rate = entry.candidate.options(asked).values[TrainingOptions.Keys.learningRate]
    return [
      "name": .string(name), "method": entry.candidate.method.encoded,
      "learning_rate": .real(rate), "trained_parameters": .integer(entry.trained),
      "bytes_without_activations": .integer(entry.bytes),
      "left_out": entry.fault.map { .string($0) } ?? .null,
      "trials": .array(
        state.trials.filter { $0.name == name }.map { trial in
          [
            "steps": .integer(trial.steps), "score": trial.score.map { .real($0) } ?? .null,
            "loss": trial.loss.map { .real($0) } ?? .null,
            "fault": trial.fault.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }

  /// `search` of `timings.json`: seconds and memory of the trials, and which are on the front.
  public var timing: JSONValue {
    let front = front
    return [
      "seconds": .real(state.trials.reduce(0) { $0 + $1.wall }),
      "candidates": .array(
        plan.tried.compactMap { entry in
          state.last(of: entry.candidate.name).map { trial in
            [
              "name": .string(trial.name), "seconds_per_step": .real(trial.pace),
              "peak_memory_bytes": trial.peak.map { .integer($0) } ?? .null,
              "on_front": .bool(front.contains(trial.name)),
            ]
          }
        }),
    ]
  }

  // MARK: - For people

  /// The table of candidates in lines: what trained furthest first, by score.
  public var lines: [String] {
    let front = front
    let head = row(
      "candidate", "trained", "steps", metric.name, "ms a step", "most MB", "")
    let trials = plan.tried.compactMap { entry in
      state.last(of: entry.candidate.name).map { (entry, $0) }
    }
    let ranking = SuccessiveHalving.ranking(
      trials.map { ($1.score, $1.loss) }, isGreaterBetter: metric.direction == .greater)
    let places = halving.counts.indices.reversed().flatMap { rung in
      ranking.filter { trials[$0].1.rung == rung }
    }
    let rows = places.map { place -> String in
      let (entry, trial) = trials[place]
      let marks = [
        trial.name == winner.name ? "winner" : nil, front.contains(trial.name) ? "front" : nil,
        trial.fault,
      ].compactMap(\.self)
      return row(
        trial.name, entry.trained.grouped, trial.steps.grouped, trial.score.map(Self.short) ?? "–",
        "\(Int((trial.pace * 1000).rounded()))", trial.peak.map { "\($0 / 1_000_000)" } ?? "–",
        marks.joined(separator: ", "))
    }
    let left = plan.entries.filter { $0.fault != nil }.map {
      "  \($0.candidate.name): left out, \($0.fault ?? "")"
    }
    return (rows.isEmpty ? [] : [head] + rows) + left
  }

  private func row(
    _ name: String, _ trained: String, _ steps: String, _ score: String, _ pace: String,
    _ memory: String, _ marks: String
  ) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(1, width - text.count)) + text
    }
    let blanks = MethodCandidate.longestName - name.count
    let first = "  \(name)" + String(repeating: " ", count: max(0, blanks))
    let numbers = padded(trained, 11) + padded(steps, 8) + padded(score, 10) + padded(pace, 11)
    let line = first + numbers + padded(memory, 9) + "  \(marks)"
    return marks.isEmpty ? String(line.dropLast(2)) : line
  }

  /// A score in four decimals.
  static func short(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }
}
