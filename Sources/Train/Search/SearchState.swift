import Records
import Stages

/// A candidate that has trained up to the end of a rung.
struct SearchTrial: Sendable {
  let name: String
  /// Counted from 0.
  let rung: Int
  /// Steps taken so far, in earlier rungs too.
  let steps: Int
  /// The metric on the validation side; nil where it is no number or the trial failed.
  let score: Double?
  /// The loss of the validation side, which orders equal scores.
  let loss: Double?
  /// Why it failed.
  let fault: String?
  /// Seconds of all its steps.
  let seconds: Double
  /// Seconds that this rung took, with loading and evaluation.
  let wall: Double
  /// The most bytes that the process held; nil where nobody can tell.
  let peak: Int?

  /// Seconds of a step.
  var pace: Double { seconds / Double(max(1, steps)) }
}

/// The trials of a search that are done, kept on disk so that none is done twice.
struct SearchState {
  private let path: String
  private let fingerprint: String
  private(set) var trials: [SearchTrial] = []

  /// Reads what an earlier process has done of the same search; what is there of another is removed.
  ///
  /// - Parameter folder: Where the trials train.
  init(folder: String, fingerprint: String) throws {
    path = "\(folder)/trials.json"
    self.fingerprint = fingerprint
    if let json = (try? FileReader.contents(path)).flatMap({ try? JSONValue.parse($0) }),
      json["fingerprint"]?.string == fingerprint
    {
      trials = (json["trials"]?.array ?? []).compactMap(SearchTrial.init)
    } else {
      try Folders.remove(folder)
      try Folders.make(folder)
    }
  }

  /// The trial of a candidate in a rung, where it is done.
  func trial(_ name: String, rung: Int) -> SearchTrial? {
    trials.first { $0.name == name && $0.rung == rung }
  }

  /// The last trial of a candidate.
  func last(of name: String) -> SearchTrial? { trials.last { $0.name == name } }

  /// Keeps a trial.
  mutating func note(_ trial: SearchTrial) throws(FileError) {
    trials.append(trial)
    let json: JSONValue = [
      "fingerprint": .string(fingerprint), "trials": .array(trials.map(\.json)),
    ]
    try AtomicFile.write(json.prettyText.utf8, to: path)
  }
}

extension SearchTrial {
  var json: JSONValue {
    [
      "name": .string(name), "rung": .integer(rung), "steps": .integer(steps),
      "score": score.map { .real($0) } ?? .null, "loss": loss.map { .real($0) } ?? .null,
      "fault": fault.map { .string($0) } ?? .null,
      "seconds": .real(seconds), "wall": .real(wall), "peak": peak.map { .integer($0) } ?? .null,
    ]
  }

  /// Reads what `json` wrote.
  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let rung = json["rung"]?.int,
      let steps = json["steps"]?.int, let seconds = json["seconds"]?.double,
      let wall = json["wall"]?.double
    else { return nil }
    self.init(
      name: name, rung: rung, steps: steps, score: json["score"]?.double,
      loss: json["loss"]?.double, fault: json["fault"]?.string, seconds: seconds, wall: wall,
      peak: json["peak"]?.int)
  }
}
