import Records

/// `timings.json`: how long everything took, and on what.
struct TimingsFile {
  /// One stage's time.
  struct Stage {
    let name: String
    let seconds: Double?
    let isCached: Bool
    let recordsPerSecond: Double?
    /// The most memory the process held while the stage ran.
    let peakMemoryBytes: Double?
    /// What it asked of an endpoint.
    let spent: Spending?
  }

  /// What was asked of a model behind an endpoint, and what that took.
  struct Spending {
    let requests: Int
    let promptTokens: Int
    let completionTokens: Int
    /// In the currency that the price was given in; nil where none was.
    let cost: Double?
    /// Whether some of the numbers are estimated.
    let isEstimated: Bool
  }

  /// What a candidate of a search took.
  struct Trial {
    let secondsPerStep: Double?
    let peakMemoryBytes: Double?
    /// Whether no other candidate is better, smaller and faster at once.
    let isOnFront: Bool
  }

  let totalSeconds: Double?
  let peakMemoryBytes: Double?
  let stages: [Stage]
  let trainingSeconds: Double?
  let trainingMemoryBytes: Double?
  let tokensPerSecond: Double?
  /// What matrix products multiplied.
  let precision: String?
  let epochs: [(epoch: Double, seconds: Double)]
  /// Candidates of the search for a method, by name.
  let search: [String: Trial]
  /// What the machine is, key by key as the file has it.
  let machine: [(name: String, value: String)]
  let version: String?
  let started: String?
  let finished: String?

  init(_ json: JSONValue) {
    totalSeconds = json["total_seconds"]?.double
    peakMemoryBytes = json["peak_memory_bytes"]?.double
    stages = (json["stages"]?.array ?? []).map { stage in
      Stage(
        name: stage["name"]?.string ?? "?", seconds: stage["seconds"]?.double,
        isCached: stage["cached"]?.bool ?? false,
        recordsPerSecond: stage["records_per_second"]?.double,
        peakMemoryBytes: stage["peak_memory_bytes"]?.double, spent: Spending(stage["spent"]))
    }
    let training = json["training"]
    trainingSeconds = training?["seconds"]?.double
    trainingMemoryBytes = training?["peak_memory_bytes"]?.double
    tokensPerSecond = training?["tokens_per_second"]?.double
    precision = training?["precision"]?.string
    epochs = (training?["epochs"]?.array ?? []).compactMap { entry in
      guard let epoch = entry["epoch"]?.double, let seconds = entry["seconds"]?.double
      else { return nil }
      return (epoch, seconds)
    }
    search = Self.search(training?["search"])
    machine = (json["machine"]?.object?.members ?? []).compactMap { member in
      if case .null = member.value { return nil }
      return (member.key, member.value.string ?? member.value.text)
    }
    version = json["version"]?.string
    started = json["started"]?.string
    finished = json["finished"]?.string
  }

  private static func search(_ json: JSONValue?) -> [String: Trial] {
    var trials: [String: Trial] = [:]
    for entry in json?["candidates"]?.array ?? [] {
      guard let name = entry["name"]?.string else { continue }
      trials[name] = Trial(
        secondsPerStep: entry["seconds_per_step"]?.double,
        peakMemoryBytes: entry["peak_memory_bytes"]?.double,
        isOnFront: entry["on_front"]?.bool ?? false)
    }
    return trials
  }

  /// Whether the total is that of the last start alone: a step was reused, or more time went into them.
  var isOfLastStart: Bool {
    // What is reused was made by a start before it.
    if stages.contains(where: \.isCached) { return true }
    let steps = stages.compactMap(\.seconds) + [trainingSeconds ?? 0]
    return totalSeconds.map { steps.reduce(0, +) > $0 * 1.001 } ?? false
  }

  /// Each stage's time, found by name; the second stage of a name gets the second time.
  func matched(to names: [String]) -> [Stage?] {
    var rest = stages
    return names.map { name in
      guard let index = rest.firstIndex(where: { $0.name == name }) else { return nil }
      return rest.remove(at: index)
    }
  }
}

extension TimingsFile.Spending {
  init?(_ json: JSONValue?) {
    guard let json, let requests = json["requests"]?.int else { return nil }
    self.requests = requests
    promptTokens = json["prompt_tokens"]?.int ?? 0
    completionTokens = json["completion_tokens"]?.int ?? 0
    cost = json["cost"]?.double
    isEstimated = json["estimated"]?.bool ?? false
  }
}
