import Foundation
import Records
import Stages
import TestSupport
import Testing

@Suite struct `The command line` {
  @Test func `a stage alone is a filter of JSON lines`() throws {
    let folder = try TemporaryFolder()
    let input = "{\"text\":\"<p>a &amp; b</p>\",\"label\":3,\"x\":[1]}\n\n{\"text\":\"c\"}\n"
    let result = try Binary.succeed(["clean.html"], in: folder, input: input)
    #expect(result.output == "{\"text\":\"a & b\",\"label\":3,\"x\":[1]}\n{\"text\":\"c\"}\n")
    let length = try Binary.succeed(
      ["clean.length", "--min-characters=2"], in: folder, input: input)
    #expect(length.output.split(separator: "\n").count == 1)
    let duplicates = try Binary.succeed(
      ["clean.duplicates"], in: folder, input: input + "{\"text\":\"c\"}\n")
    #expect(duplicates.output.split(separator: "\n").count == 2)
  }

  @Test func `a filter that looks at all records first leaves their lines as they are`() throws {
    let folder = try TemporaryFolder()
    let lines = [
      #"{"text":"ein \"Satz\" \\ mit\n mehr","label":3,"x":[1,{"y":null}],"n":1.50}"#,
      #"{"text":"größe 你好 😀"}"#, #"{"text":""}"#,
      #"{"instruction":"Sortiere.","input":"","output":"b a"}"#,
      #"{"messages":[{"role":"user","content":"Hallo"}]}"#,
      #"{"instruction":"zwei","text":"eins"}"#,
    ]
    let input = lines.joined(separator: "\n\n") + "\n"
    let plain = try Binary.succeed(["clean.duplicates"], in: folder, input: input)
    #expect(plain.output == lines.joined(separator: "\n") + "\n")
    let whole = try Binary.succeed(
      ["clean.duplicates", "--provenance", "true"], in: folder, input: input)
    let again = try Binary.succeed(
      ["clean.duplicates", "--provenance", "true"], in: folder, input: whole.output)
    #expect(again.output == whole.output)
    let sources = try whole.output.split(separator: "\n").map {
      try JSONValue.parse(Array($0.utf8))["anneal"]?["source"]?["line"]?.int
    }
    #expect(sources == [1, 3, 5, 7, 9, 11])
  }

  @Test func `the next filter reads a line as the record it was`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "{\"instruction\":\"Sort.\",\"question\":\"<b>a</b>\"}\n", to: "in.jsonl")
    let mapped = try Binary.succeed(
      ["ingest", "--path", path, "--fields", "{text: question}"], in: folder)
    let clean = try Binary.succeed(["clean.html"], in: folder, input: mapped.output)
    let record = try Record(object: try #require(JSONValue.parse(clean.output).object))
    #expect(record.content == .text("a"))
    #expect(record.metadata["instruction"] == "Sort.")
  }

  @Test(arguments: [
    ["clean.length", "--max-tokens", "5", "--tokenizer", "no-such"],
    ["clean.flagged-words", "--list", "no-such"],
    ["clean.perplexity", "--model", "no-such"],
    ["clean.decontamination", "--against", "no-such"],
    ["augment.synonyms", "--dictionary", "no-such"],
  ])
  func `a filter whose files are missing takes no record`(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let result = try Binary.run(
      arguments + ["--on-error", "quarantine"], in: folder,
      input: "{\"text\":\"one\"}\n{\"text\":\"two\"}\n")
    #expect(result.status == 2, "\(arguments): \(result.errors)")
    #expect(result.output.isEmpty, "\(arguments)")
    #expect(result.errors.contains("no-such"), "\(arguments): \(result.errors)")
    #expect(!result.errors.contains("quarantined"), "\(arguments): \(result.errors)")
  }

  @Test func `a text on the command line is taken as it stands`() throws {
    let folder = try TemporaryFolder()
    let result = try Binary.succeed(
      ["clean.links", "--replacement", "link: gone"], in: folder,
      input: "{\"text\":\"see https://example.org/a now\"}\n")
    #expect(result.output == "{\"text\":\"see link: gone now\"}\n")
  }

  @Test func `a wrong stage, option or line ends with 2 and helps`() throws {
    let folder = try TemporaryFolder()
    for (arguments, part) in [
      (["clean.lenth"], "did you mean 'clean.length'?"),
      (["clean.length", "--min-wrds", "3"], "did you mean 'min-words'?"),
      (["clean.html"], "stdin:1"), (["rnu"], "anneal"),
    ] {
      let result = try Binary.run(arguments, in: folder, input: "no json\n")
      #expect(result.status == 2, "\(arguments): \(result.errors)")
      #expect(result.errors.contains(part), "\(arguments): \(result.errors)")
    }
  }

  @Test func `init writes a pipeline that passes check, for classes and for instructions`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      (0..<40).map { "{\"instruction\":\"Count to \($0).\",\"output\":\"1 to \($0)\"}" }
        .joined(separator: "\n"), to: "chat.jsonl")
    let file = "\(folder.path)/p.yaml"
    try Binary.succeed(["init", "\(folder.path)/chat.jsonl", "--out", file], in: folder)
    let check = try Binary.succeed(["check", file], in: folder)
    #expect(check.output.contains("nothing is wrong"))
    #expect(
      try Binary.run(["init", "\(folder.path)/chat.jsonl", "--out", file], in: folder).status == 2)
  }

  @Test func `show and explain tell of records before and after a stage`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 60)
    let sample = try Binary.succeed(["show", file, "--stage", "clean.html", "-n", "2"], in: folder)
    #expect(sample.output.contains("&amp;") && sample.output.contains("- text:"))
    let out = "\(folder.path)/run"
    try Binary.succeed(["run", file, "--out", out, "--max-steps", "1"], in: folder)
    let story = try Binary.succeed(["explain", out, "data.jsonl:1"], in: folder)
    #expect(
      story.output.contains("clean.html changed text") && story.output.contains("kept on the"))
    let broken = try Binary.succeed(["explain", out, "data.jsonl:31"], in: folder)
    #expect(broken.output.contains("quarantined by ingest: invalid-json"))
    #expect(try Binary.run(["explain", out, "data.jsonl:9999"], in: folder).status == 2)
  }

  @Test func `the ledger is counted, asked what if, and a rule is lifted`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 60)
    let out = "\(folder.path)/run"
    try Binary.succeed(["run", file, "--out", out, "--max-steps", "1"], in: folder)
    let table = try Binary.succeed(["ledger", out], in: folder).output
    #expect(table.contains("ingest: invalid-json") && table.contains("data.jsonl:31"))
    #expect(table.contains("clean.duplicates: exact-duplicate"))
    let answer = try Binary.succeed(
      ["ledger", out, "--what-if", "clean.length.min-words=50", "--json"], in: folder)
    let object = try JSONValue.parse(answer.output)
    #expect(object["stages"]?.array?.first?["after"]?["kept"] == 0)
    try Binary.succeed(["rescue", out, "--rule", "exact-duplicate"], in: folder)
    #expect(try !Binary.succeed(["ledger", out], in: folder).output.contains("exact-duplicate"))
    for question in [["--what-if", "clean.length.min-words=50"], ["--against", out]] {
      for rule in [["--by", "source"], ["--stage", "x"], ["--reason", "x"], ["--fate", "kept"]] {
        let result = try Binary.run(["ledger", out] + question + rule, in: folder)
        #expect(result.status == 2 && result.errors.contains("\(rule[0]) is for counting"))
      }
    }
    let wrong = try Binary.run(["ledger", out, "--by", "raeson"], in: folder)
    #expect(wrong.status == 2 && wrong.errors.contains("- reason\n  - stage\n  - fate"))
  }

  @Test func `two runs are compared, and wrong ones are refused`() throws {
    let folder = try TemporaryFolder()
    let file = try TinyRun.write(to: folder, records: 60)
    let runs = ["one", "two"].map { "\(folder.path)/\($0)" }
    try Binary.succeed(["run", file, "--out", runs[0], "--max-steps", "1"], in: folder)
    try Binary.succeed(["run", file, "--out", runs[1], "--max-steps", "12"], in: folder)
    let small = ["--trials", "200", "--resamples", "100"]
    let table = try Binary.succeed(["compare"] + runs + small, in: folder).output
    #expect(table.contains("\(runs[0]) → \(runs[1])") && table.contains("accuracy"))
    let answer = try Binary.succeed(["compare"] + runs + small + ["--json"], in: folder)
    let object = try JSONValue.parse(answer.output)
    #expect(object["runs"]?.array?.first?["metrics"]?["accuracy"]?["test"] == "mcnemar")
    let alone = try Binary.succeed(["compare", runs[0], "--resamples", "100"], in: folder).output
    #expect(alone.contains("accuracy") && alone.contains("[") && !alone.contains("corrected"))
    #expect(try Binary.run(["compare"], in: folder).status == 2)
    let missing = try Binary.run(["compare", runs[0], folder.path], in: folder)
    #expect(missing.status == 2 && missing.errors.contains("there are no predictions in"))
    for name in ["--trials", "--resamples"] {
      for count in ["0", "10000001", "9223372036854775807"] {
        let wrong = try Binary.run(["compare"] + runs + [name, count], in: folder)
        #expect(wrong.status == 2, "\(name) \(count)")
        #expect(wrong.errors.contains("\(name) must be from 1 to 10,000,000, not \(count)"))
      }
    }
  }

  @Test func `what predictions hold is shown without acting on the terminal`() throws {
    let folder = try TemporaryFolder()
    func write(_ name: String, _ prediction: String, loss: String, reference: String) throws
      -> String
    {
      try folder.write(
        #"{"id":"\u001b[31mred\u202e","input":"a\u2028b","reference":"\#(reference)","#
          + #""prediction":"\#(prediction)","loss":\#(loss)}"# + "\n", to: name)
      return "\(folder.path)/\(name)"
    }
    let one = try write("one.jsonl", "yes", loss: "1e308", reference: "yes")
    let two = try write("two.jsonl", "no", loss: "2", reference: "yes")
    let other = try write("other.jsonl", "no", loss: "2", reference: "no\\u001b[2J")
    let table = try Binary.succeed(["compare", one, two, "--trials", "9"], in: folder).output
    #expect(table.contains(" [31mred   yes: yes → no") && table.contains("a b"))
    #expect(table.contains("1e+308 [1e+308, 1e+308]"))
    let refused = try Binary.run(["compare", one, other], in: folder)
    #expect(
      refused.status == 2 && refused.errors.contains("record  [31mred  has another reference"))
    for text in [table, refused.errors] {
      #expect(!text.unicodeScalars.contains { ["\u{1B}", "\u{202E}", "\u{2028}"].contains($0) })
    }
  }

  @Test func `what records hold is shown without acting on the terminal`() throws {
    let folder = try TemporaryFolder()
    let escape = #"\u001b[2J\u202e"#
    let line =
      #"{"id": "\#(escape)a:1", "source": {"file": "a", "line": 1}, "fate": "dropped", "#
      + #""stage": "x", "reason": "\#(escape)r", "detail": {"word": "\#(escape)"}, "#
      + #""message": "\#(escape)"}"# + "\n"
    try folder.write(line, to: "one/ledger.jsonl")
    let other = line.replacingOccurrences(
      of: #""dropped""#, with: #""merged", "into": "\#(escape)""#)
    try folder.write(other, to: "two/ledger.jsonl")
    let (one, two) = ("\(folder.path)/one", "\(folder.path)/two")
    let label = #"{"text": "a \#(escape) b", "label": "\#(escape)"}"# + "\n"
    try folder.write(label + label.replacingOccurrences(of: " b", with: " c"), to: "data.jsonl")
    let pipeline =
      "name: a\nstages:\n- ingest: {path: data.jsonl, fields: {text: text, label: label}}\n"
    try folder.write(pipeline, to: "a.yaml")
    let file = "\(folder.path)/a.yaml"
    let broken = try folder.write(
      #"{"text": "a"}"# + "\n" + #"{"te\#(escape)xt": "a"}"# + "\n", to: "broken.jsonl")
    let classes = try folder.write(
      #"{"label": "a"}"# + "\n" + #"{"label": "b"}"# + "\n", to: "classes.jsonl")
    // A class without records is named in a remark.
    let score = #"{"scores": {"a": 0.6, "b": 0.3, "\#(escape)": 0.1}}"# + "\n"
    let scores = try folder.write(score + score, to: "scores.jsonl")
    let commands = [
      ["clean.html", "--on-error", "quarantine", broken],
      ["score", "--metrics", "auc.macro", classes, scores],
      ["ledger", one], ["ledger", two],
      ["ledger", one, "--against", two], ["explain", one, "\u{1B}[2J\u{202E}a:1"],
      ["run", file, "--out", "\(folder.path)/run"], ["show", file, "--stage", "ingest"],
    ]
    for command in commands {
      let result = try Binary.succeed(command, in: folder)
      let text = result.output + result.errors
      #expect(text.contains("[2J"), "\(command): \(text)")
      #expect(
        !text.unicodeScalars.contains { ["\u{1B}", "\u{202E}"].contains($0) }, "\(command)")
    }
  }

  @Test func `stages lists everything, and doctor finds this machine healthy`() throws {
    let folder = try TemporaryFolder()
    let list = try Binary.succeed(["stages", "--json"], in: folder)
    let entries = try #require(try JSONValue.parse(list.output).array)
    let names = Set(entries.compactMap { $0["name"]?.string })
    #expect(
      names.isSuperset(of: [
        "ingest", "clean.html", "augment.synonyms", "split", "tokenize", "train", "full", "head",
        "causal", "adamw", "linear", "ewc", "f1.weighted",
      ]))
    #expect(entries.allSatisfy { $0["summary"]?.string?.isEmpty == false })
    try Binary.succeed(["doctor"], in: folder)
  }

  @Test func `doctor shows the instructions in use, and which wish for others cannot be granted`()
    throws
  {
    let folder = try TemporaryFolder()
    let doctor = { (isa: String) in
      try Binary.run(["doctor"], in: folder, environment: ["ANNEAL_ISA": isa])
    }
    let portable = try doctor("portable")
    #expect(portable.status == 0)
    #expect(portable.output.contains("kernels for portable"))
    #expect(portable.output.contains("fp32: ANNEAL_ISA leaves AMX out"))
    let unknown = try doctor("sse9")
    #expect(unknown.status == 1)
    #expect(unknown.output.contains("ANNEAL_ISA is none of amx, avx512, avx2 and portable"))
  }

  @Test func `doctor examines a model, and exits with 1 where something does not hold`() throws {
    let folder = try TemporaryFolder()
    let tiny = "\(Shared.project)/Tests/Fixtures/Models/tiny-gpt2"
    let sound = try Binary.succeed(["doctor", "--model", tiny, "--threads", "2"], in: folder)
    let lines = sound.output.split(separator: "\n")
    #expect(lines.count == 10 && lines.allSatisfy { $0.contains(", at most ") })
    let json = try Binary.succeed(["doctor", "--model", tiny, "--json"], in: folder)
    let findings = try #require(JSONValue.parse(Array(json.output.utf8)).array)
    #expect(findings.count == 10 && findings.allSatisfy { $0["good"] == true })
    // A model of zeros, below which no gradient reaches.
    let model = try FileReader.contents("\(tiny)/model.safetensors")
    try FileManager.default.createDirectory(
      atPath: "\(folder.path)/nothing", withIntermediateDirectories: true)
    let header =
      8 + model.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    try AtomicFile.write(
      Array(model.prefix(header)) + [UInt8](repeating: 0, count: model.count - header),
      to: "\(folder.path)/nothing/model.safetensors")
    try AtomicFile.write(
      FileReader.contents("\(tiny)/config.json"), to: "\(folder.path)/nothing/config.json")
    let broken = try Binary.run(["doctor", "--model", "\(folder.path)/nothing"], in: folder)
    #expect(broken.status == 1, "\(broken.errors)")
    #expect(broken.output.contains("the model: parameters without gradient"))
    let missing = try Binary.run(["doctor", "--model", "no-such-model"], in: folder)
    #expect(missing.status == 2 && missing.errors.contains("no such model"), "\(missing.errors)")
  }

  @Test func `every command has help with an example`() throws {
    let folder = try TemporaryFolder()
    /// The commands below one, and those below them.
    func commands(below command: [String]) throws -> [[String]] {
      let help = try Binary.succeed(command + ["--help"], in: folder).output
      guard let list = help.range(of: "SUBCOMMANDS:\n") else { return [] }
      // A name stands behind two blanks; what it does may go on behind more.
      let names = help[list.upperBound...].split(separator: "\n")
        .prefix { $0.hasPrefix("  ") && !$0.hasPrefix("  See") }
        .filter { !$0.hasPrefix("   ") }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
      return try names.flatMap { [command + [$0]] + (try commands(below: command + [$0])) }
    }
    let all = try commands(below: [])
    #expect(all.count >= 24, "\(all)")
    for command in all {
      let help = try Binary.succeed(command + ["--help"], in: folder).output
      // The lines are cut to the width of a terminal.
      let words = help.prefix(upTo: help.range(of: "USAGE:")?.lowerBound ?? help.endIndex)
        .split { $0.isWhitespace }.joined(separator: " ")
      let example = words.range(of: "Example").map { words[$0.lowerBound...] } ?? ""
      #expect(
        example.contains("anneal \(command.joined(separator: " "))"), "\(command): \(words)")
    }
  }

  @Test(arguments: [
    ("clean.unicode", "--form NFKC < in.jsonl"),
    ("clean.links", "--replacement '[link]' < in.jsonl"),
    ("clean.pii", "--replacement pseudonym --kinds '[email, phone]' < in.jsonl"),
    ("clean.instructions", "< in.jsonl"),
    ("clean.lines", "--min-words 3 --repeated 3 < in.jsonl"),
    ("ingest", "--path 'data/*.csv' --fields '{text: abstract, label: department}'"),
    ("tokenize", "--tokenizer '{bpe: {vocabulary: 8000}}' --max-length 256 < in.jsonl"),
  ])
  func `help shows the example of a stage as a command`(name: String, options: String) throws {
    let help = try Binary.succeed([name, "--help"], in: TemporaryFolder()).output
    #expect(help.contains("\nExample: anneal \(name) \(options) > out.jsonl\n"), "\(help)")
    #expect(help.contains("\nIn a pipeline file: - \(name)"))
  }
}

@Suite(.serialized) struct `Every shipped pipeline runs` {
  /// The files in `pipelines/`, and what each needs for a short run.
  private static let settings: [String: [String]] = [
    "quickstart.yaml": ["--limit", "200", "--max-steps", "2"],
    "quickstart-scratch.yaml": ["--limit", "200", "--max-steps", "2"],
    "medical-abstracts.yaml": [
      "--limit", "120", "--max-steps", "2", "--set",
      "data=\(Shared.path("data/classify/medical_abstracts/medical_tc_test.csv.gz"))",
      "--set", "tokenize.max-length=32", "--set", "train.max-length=32",
    ],
    "medical-abstracts-augmented.yaml": [
      "--limit", "40", "--max-steps", "2", "--set",
      "data=\(Shared.path("data/classify/medical_abstracts/medical_tc_test.csv.gz"))",
      "--set", "tokenize.max-length=32", "--set", "train.max-length=32",
    ],
    "entailment.yaml": [
      "--limit", "200", "--max-steps", "2", "--set",
      "data=\(Shared.path("data/pairs/sick/SICK_train.txt.gz"))",
    ],
    "toxicity.yaml": [
      "--limit", "200", "--max-steps", "2", "--set",
      "data=\(Shared.path("data/classify/chnsenticorp/waimai_10k.csv.gz"))", "--set",
      "ingest.fields={text: review, label: label}", "--set", "ingest.every=40", "--set",
      "tokenize.max-length=32",
    ],
    "wordnet-topics.yaml": [
      "--set", "ingest.every=400", "--max-steps", "2", "--set", "tokenize.max-length=32",
    ],
    "instructions.yaml": [
      "--limit", "100", "--max-steps", "2", "--set",
      "data=\(Shared.path("data/instruct/alpaca_en_52k/alpaca_data.jsonl.gz"))",
    ],
    "instructions-zh.yaml": [
      "--limit", "100", "--max-steps", "2", "--set",
      "data=\(Shared.path("data/instruct/alpaca_zh/alpaca_zh.jsonl.gz"))",
    ],
    "translation-en-de.yaml": translation, "translation-de-en.yaml": translation,
  ]

  /// Pairs from all over a file that is sorted by length.
  private static let translation = [
    "--set", "ingest.every=300", "--max-steps", "2", "--set", "generate.validation-records=10",
    "--set", "train.architecture.marian.width=32", "--set",
    "data=\(Shared.path("data/parallel/tatoeba_en_de/deu.txt.gz"))",
  ]

  @Test func `no file is left out`() throws {
    let files = try Folders.list("\(Shared.project)/pipelines").filter { $0.hasSuffix(".yaml") }
    #expect(Set(files) == Set(Self.settings.keys))
  }

  @Test func `and none by the script that runs all of them in full`() throws {
    let script = try FileReader.contents("\(Shared.project)/Scripts/pipelines_bench.sh")
    let lines = String(decoding: script, as: UTF8.self).split(separator: "\n")
    let named = lines.compactMap { line -> String? in
      let words = line.split(separator: " ")
      // Indented lines are of its functions.
      guard !line.hasPrefix(" "), let first = words.first, words.count > 1 else { return nil }
      return ["bench", "bench_corpus", "left_out"].contains(first) ? "\(words[1]).yaml" : nil
    }
    #expect(named.sorted() == Self.settings.keys.sorted())
  }

  @Test(arguments: settings.keys.sorted()) func `a short run`(name: String) throws {
    let folder = try TemporaryFolder()
    let file = "\(Shared.project)/pipelines/\(name)"
    let arguments = Self.settings[name] ?? []
    let text = String(decoding: try FileReader.contents(file), as: UTF8.self)
    if text.contains("all-MiniLM-L6-v2\n"), !text.contains("model: scratch"), !Self.hasModel {
      print("skipped: all-MiniLM-L6-v2 is not in the model cache (./quickstart fetches it)")
      return
    }
    if arguments.contains(where: { $0.hasPrefix("data=") }), !Shared.exists {
      print("skipped: the reference data is not beside the project")
      return
    }
    let out = "\(folder.path)/run"
    try Binary.succeed(["run", file, "--out", out] + arguments, in: folder)
    for name in [
      "metrics.json", "predictions.jsonl", "report.html", "split.certificate.json",
      "pipeline.lock.yaml", "model/model.safetensors",
    ] {
      #expect(Folders.exists("\(out)/\(name)"), "\(name) is missing")
    }
    // A lock file is a pipeline file that says the same.
    try Binary.succeed(["check", "\(out)/pipeline.lock.yaml"], in: folder)
  }

  private static var hasModel: Bool {
    let environment = ProcessInfo.processInfo.environment
    let caches = environment["XDG_CACHE_HOME"] ?? "\(FilePaths.home)/.cache"
    let cache = environment["ANNEAL_CACHE"] ?? "\(caches)/anneal"
    return Folders.exists("\(cache)/models/all-MiniLM-L6-v2/config.json")
  }
}
