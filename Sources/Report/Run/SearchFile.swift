import Records

/// `search/trials.json`: the candidates of a search for a method, and which was chosen.
struct SearchFile {
  /// A candidate with its last trial.
  struct Candidate {
    let name: String
    let trained: Int
    let learningRate: Double?
    /// Why it was not tried; nil where it was.
    let leftOut: String?
    /// Steps behind which the last score stands; nil where no trial came to one.
    let steps: Int?
    let score: Double?
    /// Why its last trial failed.
    let fault: String?
  }

  let metric: String
  let isGreaterBetter: Bool
  let winner: String
  let isOutOfTime: Bool
  let candidates: [Candidate]

  init?(_ json: JSONValue) {
    guard let metric = json["metric"]?.string, let winner = json["winner"]?.string,
      let candidates = json["candidates"]?.array
    else { return nil }
    (self.metric, self.winner) = (metric, winner)
    isGreaterBetter = json["direction"]?.string == "greater"
    isOutOfTime = json["out_of_time"]?.bool ?? false
    self.candidates = candidates.compactMap(Candidate.init)
  }
}

extension SearchFile.Candidate {
  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string else { return nil }
    let last = json["trials"]?.array?.last
    self.init(
      name: name, trained: json["trained_parameters"]?.count ?? 0,
      learningRate: json["learning_rate"]?.double, leftOut: json["left_out"]?.string,
      steps: last?["steps"]?.count, score: last?["score"]?.double, fault: last?["fault"]?.string)
  }
}
