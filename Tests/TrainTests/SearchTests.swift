import Foundation
import Records
import Stages
import TestSupport
import Testing
import Train

/// The search for a method: what is tried how long, what is chosen, and that a kill changes nothing.
struct SearchTests {
  private let workshop: Workshop

  init() throws { workshop = try Workshop(Workshop.classified(120)) }

  private func json(_ method: JSONObject = [:], _ changes: JSONObject = [:]) -> JSONValue {
    var object: JSONObject = [
      "method": ["auto": .object(method)], "epochs": 3, "learning-rate": 1e-3,
      "schedule": "constant",
    ]
    object.merge(changes)
    return classification(object)
  }

  private func search(
    _ json: JSONValue, folder: String = "search", isSharing: Bool = true
  ) throws -> MethodSearch {
    try MethodSearch(
      options: options(json), train: workshop.train, validation: workshop.validation,
      workshop.context("run"), folder: "\(workshop.folder.path)/\(folder)", fingerprint: json.text,
      isSharing: isSharing)
  }

  private func found(
    _ json: JSONValue, folder: String = "search", isSharing: Bool = true
  ) throws -> (result: SearchResult, said: [String]) {
    var said: [String] = []
    let result = try search(json, folder: folder, isSharing: isSharing)
      .run(peak: { nil }, say: { said.append($0) })
    return (result, said)
  }

  private func candidate(_ name: String, _ result: SearchResult) throws -> JSONValue {
    try #require(result.json["candidates"]?.array?.first { $0["name"]?.string == name })
  }

  // MARK: - Rungs

  @Test(arguments: [
    (18, 3, 1000, [18, 6, 2], [38, 112, 334]), (18, 2, 1600, [18, 9, 4, 2], [100, 200, 400, 800]),
    (2, 3, 10, [2], [4]), (3, 3, 1, [3], [1]), (1, 3, 10, [], []), (0, 3, 10, [], []),
    (10, 3, 0, [10, 3], [1, 1]),
  ])
  func `each rung takes one in eta of the candidates for eta times the steps`(
    candidates: Int, eta: Int, total: Int, counts: [Int], steps: [Int]
  ) {
    let halving = SuccessiveHalving(candidates: candidates, eta: eta)
    #expect(halving.counts == counts)
    #expect(
      counts.indices.map { halving.steps(of: $0, total: total) }
        == steps.map { max(1, min($0, total)) })
    #expect(
      counts.indices.map { halving.survivors(of: $0) } == counts.dropFirst()
        + (counts.isEmpty ? [] : [1]))
  }

  @Test
  func `candidates are ordered by score, then loss, failed ones last, equal ones as they came`() {
    let results: [(score: Double?, loss: Double?)] = [
      (0.5, 1), (nil, nil), (0.9, 3), (0.5, 0.5), (0.5, 1), (0.1, nil), (0.5, nil),
    ]
    #expect(SuccessiveHalving.ranking(results, isGreaterBetter: true) == [2, 3, 0, 4, 6, 5, 1])
    #expect(SuccessiveHalving.ranking(results, isGreaterBetter: false) == [5, 3, 0, 4, 6, 2, 1])
    #expect(SuccessiveHalving.ranking([(nil, 1), (nil, 0)], isGreaterBetter: true) == [0, 1])
  }

  @Test func `the front holds what no other choice beats in everything`() {
    #expect(ParetoFront.places([[1, 3], [2, 2], [3, 1], [3, 3], [2, 2]]) == [0, 1, 2, 4])
    #expect(ParetoFront.places([[1, 1], [1, 2], [0, 5]]) == [0, 2])
    #expect(ParetoFront.places([]).isEmpty)
  }

  // MARK: - Limits

  @Test func `all candidates are counted, and limits leave out what passes them`() throws {
    let context = workshop.context("run")
    let all = try SearchPlan(options(json()), train: workshop.train, context)
    #expect(all.entries.count == 20)
    // A model 16 wide has no room for a network 64 times as narrow.
    let tried = all.entries.filter { $0.fault == nil }
    #expect(tried.count >= 16, "\(all.lines)")
    let head = try #require(all.entries.first)
    #expect(head.candidate.name == "head" && head.trained == 16 * 3 + 3)
    let full = try #require(all.entries.last)
    #expect(full.candidate.name == "full" && full.trained == all.parameters)
    // Weights, gradients and two moments.
    #expect(
      full.bytes == 16 * all.parameters && head.bytes == 4 * (all.parameters + 3 * head.trained))
    let few = try SearchPlan(options(json(["parameters": "10%"])), train: workshop.train, context)
    let most = all.parameters / 10
    for (entry, limited) in zip(all.entries, few.entries) where entry.fault == nil {
      #expect((limited.fault == nil) == (entry.trained <= most), "\(entry.candidate.name)")
    }
    #expect(few.lines.last?.contains("left out: trains") == true)
    #expect(few.lines.last?.contains("left out: trains \(Self.grouped(all.parameters)) ") == true)
    #expect(all.lines.last?.contains("trains \(Self.grouped(all.parameters)) parameters") == true)
    let small = try SearchPlan(
      options(json(["memory": "1KB", "methods": ["head"]])), train: workshop.train, context)
    #expect(small.entries.map { $0.fault != nil } == [true])
  }

  /// A number below a million with a comma between thousands.
  private static func grouped(_ number: Int) -> String {
    let rest = String(number % 1000)
    return "\(number / 1000)," + String(repeating: "0", count: 3 - rest.count) + rest
  }

  @Test func `one model serves to count all candidates, and none leaves a trace on it`() throws {
    let context = workshop.context("run")
    func entries(_ methods: [String]?) throws -> [SearchPlan.Entry] {
      let method: JSONObject = methods.map { ["methods": .array($0.map { .string($0) })] } ?? [:]
      let json = json(method, ["architecture": Self.fourLayers])
      return try SearchPlan(options(json), train: workshop.train, context).entries
    }
    let all = try entries(nil)
    #expect(all.count == 21)
    let methods = [
      "head", "bitfit", "norms", "ia3", "lora", "bottleneck", "prefix", "freeze", "full",
    ]
    for method in methods {
      let alone = try entries([method])
      #expect(!alone.isEmpty, "\(method)")
      for entry in alone {
        let found = try #require(all.first { $0.candidate.name == entry.candidate.name })
        #expect(
          found.trained == entry.trained && found.bytes == entry.bytes
            && found.fault == entry.fault, "\(entry.candidate.name)")
      }
    }
  }

  @Test func `upper layers alone are tried of classifiers, whose lower ones run once a record`()
    throws
  {
    func plan(_ json: JSONValue, _ workshop: Workshop) throws -> [String: JSONValue] {
      let search = try MethodSearch(
        options: options(json), train: workshop.train, validation: workshop.validation,
        workshop.context("run"), folder: "\(workshop.folder.path)/plan", fingerprint: "")
      let entries = search.plan.entries.map { ($0.candidate.name, $0.candidate.method.encoded) }
      return Dictionary(uniqueKeysWithValues: entries)
    }
    let classes = try plan(json([:], ["architecture": Self.fourLayers]), workshop)
    #expect(classes["lora-r8-upper"]?["lora"]?["layers"]?.array?.compactMap(\.int) == [2, 3])
    #expect(
      classes["bottleneck-16-upper"]?["bottleneck"]?["leave-out"]?.array?.compactMap(\.int)
        == [0, 1])
    #expect(classes["upper-half"]?["freeze"]?["layers"]?.int == 2)
    for name in ["lora-r8-upper", "bottleneck-16-upper", "upper-half", "last-layer"] {
      #expect(
        classes[name]?.object?.members.first?.value["cache"]?.bool == true, "\(name)")
    }
    let writing = try Workshop(Workshop.instructions(30))
    let others = try plan(causal(["method": "auto"]), writing)
    #expect(others.keys.filter { $0.contains("upper") }.isEmpty)
    #expect(others["last-layer"]?["freeze"]?["cache"]?.bool != true)
  }

  private static let fourLayers: JSONValue = [
    "bert": ["layers": 4, "width": 16, "heads": 2, "context": 32]
  ]

  @Test(arguments: [nil, "accuracy"])
  func `trials that share what they have in common score the same, bit for bit`(
    metric: String?
  ) throws {
    // Dropout is that of the configuration: 0.1 everywhere.
    var changes: JSONObject = ["architecture": Self.fourLayers]
    if let metric { changes["best-metric"] = .string(metric) }
    let json = json(["eta": 2], changes)
    let (shared, _) = try found(json)
    let (alone, _) = try found(json, folder: "alone", isSharing: false)
    #expect(shared.json == alone.json)
    let trials = (shared.json["candidates"]?.array ?? []).flatMap { $0["trials"]?.array ?? [] }
    #expect(trials.count > 30)
    #expect(Set(trials.compactMap { $0["loss"]?.double }).count > 20)
    // Names of any length leave the columns where they are.
    let rows = shared.lines.filter { !$0.contains("left out") }.map(Array.init)
    let title = try #require(shared.lines.first)
    let end = try #require(title.range(of: "trained")).upperBound
    let column = title.distance(from: title.startIndex, to: end)
    #expect(rows.dropFirst().allSatisfy { $0[column - 1].isNumber && $0[column] == " " })
    #expect(rows.contains { String($0).contains("bottleneck-16-upper") })
  }

  @Test func `a search without candidates, or without a validation side, is refused`() throws {
    let error = #expect(throws: TrainingError.self) { try search(json(["parameters": 3])) }
    #expect(error?.problem.contains("above 3") == true)
    #expect(throws: TrainingError.self) {
      try MethodSearch(
        options: options(json()), train: workshop.train, validation: nil, workshop.context("run"),
        folder: "\(workshop.folder.path)/none", fingerprint: "")
    }
    // Who trains by it without searching is told so.
    #expect(throws: TrainingError.self) { try workshop.session("run", json()) }
  }

  @Test(
    arguments: [
      ["parameters": "many"], ["parameters": 0], ["parameters": "-1%"], ["parameters": "1e999"],
      ["parameters": "999999999999B"], ["memory": "8"], ["memory": "8 apples"], ["time": "soon"],
      ["time": "0m"], ["eta": 1], ["methods": ["lorra"]], ["methods": []],
    ] as [JSONObject])
  func `limits that are none are told before anything is read`(method: JSONObject) {
    #expect(throws: Diagnostics.self) { try options(json(method)) }
  }

  @Test func `limits are read back from what a lock file says of them`() throws {
    let method: JSONObject = [
      "parameters": "1.5M", "memory": "0.5 GB", "time": "1.5h", "methods": ["lora", "ia3"],
    ]
    let once = try options(json(method)).values.encoded["method"]
    #expect(once?["auto"]?["parameters"]?.string == "1500000")
    #expect(
      once?["auto"]?["memory"]?.string == "500MB" && once?["auto"]?["time"]?.string == "5400s")
    let again = try options(json(try #require(once?["auto"]?.object))).values.encoded["method"]
    #expect(once == again)
    let share = try options(json(["parameters": "2.5%"])).values.encoded["method"]
    #expect(share?["auto"]?["parameters"]?.string == "2.5%")
  }

  // MARK: - Choosing

  private static let three: JSONObject = ["methods": ["head", "bitfit", "lora"], "eta": 2]

  @Test func `trials go on as one training, and the best is chosen`() throws {
    let json = json(Self.three)
    let (result, said) = try found(json)
    // 72 records are 9 steps an epoch, 27 in all; 9 candidates: 9, 4, 2.
    let rungs = result.json["rungs"]?.array?.compactMap(\.int)
    #expect(rungs == [9, 4, 2])
    #expect(said.count == 15)
    let (name, rate) = (result.winner.name, 1e-3 * result.winner.rateFactor)
    let trials = try candidate(name, result)["trials"]?.array ?? []
    #expect(trials.map { $0["steps"]?.int } == [4, 7, 14])
    // Trained anew for so many steps, it scores the same, bit for bit.
    let method = try #require(candidate(name, result)["method"])
    for trial in trials {
      let steps = try #require(trial["steps"])
      var plain = try #require(self.json(Self.three).object)
      (plain["method"], plain["learning-rate"]) = (method, .real(rate))
      plain["max-steps"] = steps
      let (run, _) = try workshop.run("plain", .object(plain))
      let losses = run.json["validation"]?.array?.compactMap { $0["loss"]?.double }
      #expect(losses?.last == trial["score"]?.double)
    }
    // No other candidate of the last rung is better, and losers have fewer trials.
    let last = (result.json["candidates"]?.array ?? []).compactMap { candidate -> Double? in
      let trials = candidate["trials"]?.array ?? []
      return trials.count == 3 ? trials[2]["score"]?.double : nil
    }
    #expect(last.count == 2 && last.min() == trials[2]["score"]?.double)
    #expect(result.options.values.encoded["method"] == method)
    #expect(result.options.values.encoded["learning-rate"]?.double == rate)
    #expect(result.front.contains { _ in true } && result.lines.count == 10)
    let left = try Folders.list("\(workshop.folder.path)/search")
    #expect(left == ["trials.json"])
  }

  @Test func `a search that was killed behind any trial chooses the same and tries nothing twice`()
    throws
  {
    let json = json(Self.three)
    let root = workshop.folder.path
    var copies: [String] = []
    let whole = try search(json).run(
      peak: { nil },
      say: { _ in
        let copy = "killed-\(copies.count + 1)"
        try? FileManager.default.copyItem(atPath: "\(root)/search", toPath: "\(root)/\(copy)")
        copies.append(copy)
      })
    #expect(copies.count == 15)
    for (done, copy) in copies.enumerated() where done % 3 == 0 || done == 14 {
      let (result, said) = try found(json, folder: copy)
      #expect(said.count == 14 - done)
      #expect(result.json == whole.json, "\(copy)")
    }
    // Another search keeps nothing of it.
    let other = self.json(["methods": ["head", "bitfit"], "eta": 2])
    #expect(try found(other, folder: copies[13]).said.count == 2)
  }

  @Test func `a metric that grows is followed upwards, and one candidate needs no trial`() throws {
    let (result, _) = try found(json(Self.three, ["best-metric": "accuracy"]))
    #expect(result.json["direction"]?.string == "greater")
    let ends = (result.json["candidates"]?.array ?? []).compactMap { candidate -> Double? in
      let trials = candidate["trials"]?.array ?? []
      return trials.count == 3 ? trials[2]["score"]?.double : nil
    }
    let won = try candidate(result.winner.name, result)["trials"]?.array?.last?["score"]?.double
    #expect(won == ends.max())
    let (single, said) = try found(json(["methods": ["head"]]), folder: "single")
    #expect(single.winner.name == "head" && said.isEmpty)
  }

  @Test func `a first rung within the warm-up is told`() throws {
    let (_, said) = try found(json(Self.three, ["warmup-steps": 5]))
    #expect(said.first?.contains("4 steps, within the warm-up of 5") == true)
    #expect(said.count == 16)
  }

  @Test func `a search whose time is up takes the best so far`() throws {
    var method = Self.three
    method["time"] = "0.000001s"
    let (result, said) = try found(json(method))
    #expect(said.count == 1 && result.isOutOfTime)
    #expect(result.winner.name == "head")
  }

  @Test
  func `a search whose time is up behind a trial that failed takes the best of the rung before`()
    throws
  {
    var method = Self.three
    method["time"] = "1000h"
    _ = try search(json(method)).run(peak: { nil }, say: { _ in })
    let file = "\(workshop.folder.path)/search/trials.json"
    let whole = try #require(JSONValue.parse(FileReader.contents(file)).object)
    let trials = (whole["trials"]?.array ?? []).compactMap(\.object)
    let second = trials.filter { $0["rung"]?.int == 1 }
    // The best of the first rung is not begun in the second, or fails there, when the time is up.
    for failed in [0, 1] {
      var known = trials.filter { $0["rung"]?.int == 0 } + second.prefix(failed)
      known[0]["wall"] = 1e9
      if failed == 1 {
        known[known.count - 1]["score"] = .null
        known[known.count - 1]["fault"] = "held too much"
      }
      var state = whole
      state["trials"] = .array(known.map { .object($0) })
      try AtomicFile.write(JSONValue.object(state).text.utf8, to: file)
      let (result, said) = try found(json(method))
      #expect(result.isOutOfTime && said.isEmpty)
      #expect(result.winner.name == second[failed]["name"]?.string)
      #expect(try Folders.list("\(workshop.folder.path)/search") == ["trials.json"])
    }
  }

  @Test func `a candidate that holds more than the limit, or diverges, is not chosen`() throws {
    var method = Self.three
    method["memory"] = "1GB"
    var asked = 0
    let result = try search(json(method)).run(
      peak: {
        asked += 1
        // The second of each pair tells of a trial; the first trial is that of the head.
        return asked == 2 ? 2_000_000_000 : 1_000_000
      }, say: { _ in })
    #expect(result.winner.name != "head")
    let trials = try candidate("head", result)["trials"]?.array
    #expect(trials?.first?["fault"]?.string == "held 2000 MB, above 1000 MB")
    #expect(trials?.count == 1)
    #expect(throws: TrainingError.self) {
      try search(json(Self.three, ["learning-rate": 1e38]), folder: "wild")
        .run(peak: { nil }, say: { _ in })
    }
  }
}
