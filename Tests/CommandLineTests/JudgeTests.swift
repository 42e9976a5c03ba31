import Records
import Stages
import TestSupport
import Testing

/// Judges behind an endpoint, asked by commands, with answers that are kept.
@Suite(.serialized) struct `A judge behind an endpoint` {
  private let folder: TemporaryFolder
  private let lines = ["It rains.", "It snows.", "It thaws."]

  init() throws { folder = try TemporaryFolder() }

  private func judge(_ more: String = "", labels: String = #"["yes", "no"]"#) throws -> String {
    try folder.write(
      """
      model: tiny
      prompt: 'Is "{text}" wet? {{"answer": one of {fields}}}'
      labels: \(labels)
      at-once: 1
      \(more)
      """.replacing("{fields}", with: "yes, no"), to: "judge.yaml")
  }

  private func classify(_ file: String, port: UInt16) throws -> Binary.Result {
    let input = lines.map { JSONValue.object(["text": .string($0)]).text + "\n" }.joined()
    return try Binary.run(
      ["classify", "--judge", file], in: folder, input: input, environment: environment(port))
  }

  private func environment(_ port: UInt16) -> [String: String] {
    ["ANNEAL_CACHE": "\(folder.path)/cache", "ANNEAL_LLM_BASE_URL": "http://127.0.0.1:\(port)/v1"]
  }

  private func labels(_ result: Binary.Result) throws -> [String] {
    try result.output.split(separator: "\n").map {
      try #require(JSONValue.parse(Array($0.utf8))["label"]?.string)
    }
  }

  @Test func `is asked once, and its answers are kept`() throws {
    let server = try TinyServer([
      .saying("Yes."), .saying("I would say NO, not yes"), .saying("{\"answer\": \"yes\"}"),
    ])
    let first = try classify(try judge(), port: server.port)
    #expect(try labels(first) == ["yes", "no", "yes"], "\(first.errors)")
    let requests = server.requests()
    #expect(requests.count == 3)
    #expect(requests[0].contains(#"Is \"It rains.\" wet? {\"answer\": one of yes, no}"#))
    #expect(requests[0].contains(#""temperature":0"#))
    // Nobody listens any more.
    #expect(try classify(try judge(), port: server.port).output == first.output)
    let other = try classify(try judge("temperature: 1\nattempts: 1"), port: server.port)
    #expect(other.status == 2 && other.errors.contains("does not answer"), "\(other.errors)")
  }

  @Test func `is asked equal questions once, however many wait at a time`() throws {
    let server = try TinyServer([.saying("yes", delay: 0.2)])
    let file = try folder.write(
      "model: tiny\ntemperature: 1\nprompt: 'Is {text} wet?'\nlabels: ['yes', 'no']",
      to: "judge.yaml")
    let line = #"{"text": "It rains.", "id": 0}"#
    let input = (0..<6).map { line.replacing("0", with: "\($0)") + "\n" }.joined()
    let found = try Binary.run(
      ["classify", "--judge", file], in: folder, input: input,
      environment: environment(server.port))
    #expect(try labels(found) == [String](repeating: "yes", count: 6), "\(found.errors)")
    #expect(server.requests().count == 1)
  }

  @Test func `is asked nothing where a later line lacks a field`() throws {
    let server = try TinyServer([.saying("yes")])
    let file = try folder.write(
      "model: tiny\nprompt: 'Does {text} follow from {source}?'\nlabels: ['yes', 'no']",
      to: "judge.yaml")
    let input = #"{"text": "a", "source": "b"}"# + "\n" + #"{"text": "a"}"# + "\n"
    let result = try Binary.run(
      ["classify", "--judge", file], in: folder, input: input,
      environment: environment(server.port))
    #expect(result.status == 2 && result.errors.contains("stdin:2"), "\(result.errors)")
    #expect(server.requests().isEmpty)
  }

  @Test func `is understood in Chinese, and with marks behind a place in its prompt`() throws {
    let server = try TinyServer([.saying("我认为不支持。"), .saying("支持"), .saying("答案：支持")])
    let file = try folder.write(
      "model: tiny\nat-once: 1\nprompt: \"{text}\u{301} {x\"\nlabels: [支持, 不支持]", to: "judge.yaml")
    let found = try classify(file, port: server.port)
    #expect(try labels(found) == ["不支持", "支持", "支持"], "\(found.errors)")
    #expect(server.requests()[0].contains("It rains.\u{301} {x"))
  }

  @Test func `goes on where its endpoint was killed`() throws {
    let server = try TinyServer([.saying("yes"), .saying("no")])
    let file = try judge("attempts: 1")
    let first = try classify(file, port: server.port)
    #expect(first.status == 2 && first.output.isEmpty && first.errors.contains("does not answer"))
    #expect(server.requests().count == 2)
    let second = try TinyServer([.saying("no")], port: server.port)
    #expect(try labels(classify(file, port: server.port)) == ["yes", "no", "no"])
    #expect(second.requests().count == 1 && second.requests()[0].contains("It thaws."))
  }

  @Test func `is asked again where it is busy, and given up where it is slow`() throws {
    let server = try TinyServer([
      .init(status: 429, body: #"{"error": {"message": "busy"}}"#, headers: "Retry-After: 0\r\n"),
      .saying("yes"), .saying("yes"), .saying("no"),
    ])
    #expect(
      try labels(classify(try judge("attempts: 2"), port: server.port)) == ["yes", "yes", "no"])
    #expect(server.requests().count == 4)
    let slow = try TinyServer([.saying("yes", delay: 2)])
    let late = try classify(try judge("attempts: 1\ntimeout: 0.5"), port: slow.port)
    #expect(late.status == 2 && late.errors.contains("judge(tiny)"), "\(late.errors)")
  }

  @Test func `stops at a limit, says what was spent, and goes on`() throws {
    let server = try TinyServer([.saying("yes"), .saying("no"), .saying("no")])
    let file = try judge("limits: {max-requests: 2}")
    let first = try classify(file, port: server.port)
    #expect(first.status == 2 && first.output.isEmpty)
    #expect(first.errors.contains("'max-requests: 2'"), "\(first.errors)")
    #expect(first.errors.contains("2 requests read about"), "\(first.errors)")
    #expect(try labels(classify(file, port: server.port)) == ["yes", "no", "no"])
    #expect(server.requests().count == 3)
    let wrong = try classify(try judge("limits: {max-cost: 1}"), port: server.port)
    #expect(wrong.status == 2 && wrong.errors.contains("completion-price"), "\(wrong.errors)")
  }

  @Test func `that answers garbage is told, and kept from being taken for an answer`() throws {
    let garbage = try TinyServer([.init(body: "<html>")])
    let broken = try classify(try judge("attempts: 1"), port: garbage.port)
    #expect(broken.status == 2 && broken.errors.contains("no chat completion"), "\(broken.errors)")
    let vague = try TinyServer([.saying("Who knows?"), .saying("yes"), .saying("no")])
    let result = try classify(try judge(), port: vague.port)
    #expect(result.status == 2 && result.errors.contains("answered 'Who knows?'"))
    #expect(result.errors.contains("otherwise: LABEL"))
    // The answers are there; the file now says what such a one means.
    #expect(
      try labels(classify(try judge("otherwise: 'no'"), port: vague.port)) == ["no", "yes", "no"])
  }

  @Test(arguments: [
    ("modle: tiny\nprompt: '{text}'", "did you mean 'model'?"),
    ("model: tiny\nprompt: '{txt}'\nlabels: [a, b]", "did you mean 'text'?"),
    ("model: tiny\nprompt: '{text}'", "names no labels"),
    ("model: tiny\nprompt: '{text}'\nlabels: [a, A.]", "two labels are the same words"),
    ("model: tiny\nprompt: '{text}'\nlabels: [a, b]\notherwise: c", "none of the labels"),
    ("model: tiny\nprompt: hello\nlabels: [a, b]", "no place for '{text}'"),
  ])
  func `whose file is wrong is told before anything runs`(text: String, expected: String) throws {
    let file = try folder.write(text, to: "judge.yaml")
    let texts = try folder.write(#"{"text": "a"}"#, to: "texts.jsonl")
    let result = try Binary.run(
      ["score", "--metrics", "{toxicity: {judge: \(file), label: a}}", texts], in: folder,
      environment: environment(1))
    #expect(result.status == 2 && result.errors.contains(expected), "\(result.errors)")
  }

  @Test func `of every kind is shipped, and can be asked`() throws {
    let judges = "\(Shared.project)/pipelines/judges"
    let options = [
      "entailment": ("{consistency: {judge: FILE, against: context}}", ["Entailment."]),
      "toxicity": ("{toxicity: {judge: FILE}}", ["harmless"]),
      "bias": ("{bias: {judge: FILE}}", ["fair"]),
      "facts": ("{factscore: {facts: FILE, judge: \(judges)/supported.yaml}}", ["- A.", "True"]),
      "supported": ("{factscore: {facts: \(judges)/facts.yaml, judge: FILE}}", ["none"]),
    ]
    let files = try Folders.list(judges)
    #expect(files.count == 5)
    let texts = try folder.write(
      #"{"text": "a", "context": "c", "topic": "d"}"#, to: "texts.jsonl")
    for file in files {
      let (metric, answers) = try #require(options[String(file.dropLast(5))], "\(file)")
      let server = try TinyServer(answers.map { .saying($0) })
      let result = try Binary.run(
        ["score", "--metrics", metric.replacing("FILE", with: "\(judges)/\(file)"), texts]
          + ["--hypothesis-field", "text"], in: folder, environment: environment(server.port))
      #expect(result.status == 0, "\(file): \(result.errors)")
      #expect(server.requests().count == answers.count)
    }
  }

  @Test func `agreement with labels and with another judge is a matter of scores`() throws {
    let server = try TinyServer([.saying("yes"), .saying("no"), .saying("no")])
    let judged = try folder.write(
      classify(try judge(), port: server.port).output, to: "judged.jsonl")
    let labelled = try folder.write(
      ["yes", "no", "yes"].map { "{\"label\": \"\($0)\"}\n" }.joined(), to: "labelled.jsonl")
    let result = try Binary.succeed(
      ["score", "--json", "--metrics", "accuracy,kappa", labelled, judged], in: folder)
    let scores = try JSONValue.parse(Array(result.output.utf8))
    #expect(scores["accuracy"] == .real(2.0 / 3))
    // (2/3 - 4/9) / (1 - 4/9)
    #expect(abs((scores["kappa"]?.double ?? 0) - 0.4) < 1e-12)
  }

  @Test func `agrees with another as often as is counted, and the lines of dissent are shown`()
    throws
  {
    let answers = ["yes", "no", "no", "Yes.", "no", "yes"]
    let others = ["yes", "no", "yes", "no", "no", "yes"]
    let server = try TinyServer((answers + others).map { .saying($0) })
    let first = try judge()
    let second = try folder.write(
      "model: other\nprompt: 'Is it wet: {text}'\nlabels: ['no', 'yes', maybe]\nat-once: 1",
      to: "other.yaml")
    let input = (0..<6).map { "{\"text\": \"It rains \($0) mm.\u{1B}[2J\"}\n" }.joined()
    func agreement(_ more: [String]) throws -> Binary.Result {
      try Binary.run(
        ["classify", "--judge", first, "--judge", second] + more, in: folder,
        input: input.replacing("\u{1B}", with: "\\u001b"), environment: environment(server.port))
    }
    let found = try agreement(["--json"])
    let json = try JSONValue.parse(Array(found.output.utf8))
    #expect(json["records"] == 6 && json["agreement"] == .real(4.0 / 6), "\(found.errors)")
    // Each says yes of 3 and no of 3: (4/6 - 1/2) / (1 - 1/2), as sklearn's cohen_kappa_score.
    #expect(abs((json["kappa"]?.double ?? 0) - 1.0 / 3) < 1e-12)
    let differing = try #require(json["differing"]?.array)
    #expect(differing.map { $0["line"] } == [3, 4])
    #expect(differing.map { $0["labels"] } == [["no", "yes"], ["yes", "no"]])
    #expect(differing[0]["record"]?["text"]?.string?.hasPrefix("It rains 2 mm.") == true)
    let text = try agreement([]).output
    #expect(text.hasPrefix("agreement  0.6667  4 of 6\nkappa      0.3333\n{\"line\":3,"), "\(text)")
    #expect(text.split(separator: "\n").count == 4 && !text.contains("\u{1B}"))
  }

  @Test func `is held against one other that has a class in common`() throws {
    let first = try judge()
    let other = try folder.write(
      "model: tiny\nprompt: '{text}'\nlabels: ['True', 'False']", to: "other.yaml")
    for (arguments, part) in [
      (["--judge", first, "--judge", other], "no class in common: yes, no and True, False"),
      (["--judge", first, "--judge", first, "--judge", first], "two of them"),
      ([], "give --model or --judge"),
    ] {
      let result = try Binary.run(
        ["classify"] + arguments, in: folder, input: "{\"text\": \"a\"}\n",
        environment: environment(1))
      #expect(result.status == 2 && result.errors.contains(part), "\(result.errors)")
    }
    // The same judge twice, of no lines: nothing is defined.
    let none = try Binary.run(
      ["classify", "--json", "--judge", first, "--judge", first], in: folder, input: "",
      environment: environment(1))
    #expect(
      none.output == "{\"records\":0,\"agreement\":null,\"kappa\":null,\"differing\":[]}\n",
      "\(none.output) \(none.errors)")
  }

  @Test func `takes texts apart into facts and checks them`() throws {
    let facts = try folder.write(
      "model: tiny\nat-once: 1\nprompt: 'List the facts of: {sentence}'\nlabels: [none]",
      to: "facts.yaml")
    let supported = try folder.write(
      "model: tiny\nat-once: 1\nprompt: |\n  {context}\n  Input: {fact} True or False?\n"
        + "labels: ['True', 'False']", to: "supported.yaml")
    let texts = try folder.write(
      """
      {"text": "Bern is a town. Hm.", "context": "Bern is the capital.", "topic": "Bern"}
      """, to: "texts.jsonl")
    let server = try TinyServer([
      .saying("- Bern is a town.\n- Bern is green."), .saying("None."), .saying("True"),
      .saying("False."),
    ])
    let options = "{factscore: {facts: \(facts), judge: \(supported), gamma: 0}}"
    let result = try Binary.run(
      ["score", "--json", "--metrics", options, texts], in: folder,
      environment: environment(server.port))
    let scores = try JSONValue.parse(Array(result.output.utf8))
    #expect(scores["factscore"] == 50 && scores["factscore_facts"] == 2, "\(result.errors)")
    #expect(server.requests()[3].contains(#"Bern is the capital.\nInput: Bern is green. True"#))
  }
}
