import Foundation
import Records
import Stages
import TestSupport
import Testing
import Tokenize

/// Random texts, ids and files, which may be refused but never trap, and give the same twice.
///
/// A run takes a moment; `ANNEAL_FUZZ=300` makes it go on for so many seconds a test, with other random
/// numbers, and `ANNEAL_FUZZ_LOG=FILE` keeps the case at work in a file, for the day one traps.
struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let seconds = environment["ANNEAL_FUZZ"].flatMap(Double.init)
  private static let fixtures = "\(Shared.project)/Tests/Fixtures/Tokenize"

  /// Runs `body` so many times, or as long as the environment says; it is told its round's random numbers.
  private func repeated(
    _ purpose: String, rounds: Int, _ body: (inout CounterRandom) throws -> Void
  ) rethrows {
    let end = Self.seconds.map { Date().addingTimeInterval($0) }
    // Long runs begin anew each time; what a short one does never changes.
    let seed: UInt64 = end == nil ? 11 : UInt64(Date().timeIntervalSince1970)
    var round = 0
    while end.map({ Date() < $0 }) ?? (round < rounds) {
      var random = CounterRandom(seed: seed, purpose: purpose, record: "\(round)")
      try body(&random)
      round += 1
    }
  }

  private func note(_ bytes: @autoclosure () -> [UInt8]) {
    guard let path = Self.environment["ANNEAL_FUZZ_LOG"] else { return }
    try? Data(bytes()).write(to: URL(fileURLWithPath: path))
  }

  // MARK: Texts and ids

  @Test func `texts and ids of any kind come through the small tokenizers`() throws {
    let tokenizers = try Self.smallFiles().map { try Tokenizer(json: $0.bytes) }
    repeated("small tokenizers", rounds: 150) { random in
      let tokenizer = tokenizers[random.below(tokenizers.count)]
      check(tokenizer, HostileText.random(&random, special: tokenizer), &random)
    }
  }

  @Test(
    .enabled(if: Shared.exists, "needs the reference data beside the project"),
    arguments: ["bert-minilm", "t5", "llama2", "clip"])
  func `texts and ids of any kind come through real tokenizers`(name: String) throws {
    try fuzz(name, rounds: 15)
  }

  @Test(
    .enabled(if: Shared.exists && seconds != nil, "runs where ANNEAL_FUZZ says how long"),
    arguments: [
      "phi-2", "roberta", "whisper", "llama3", "cl100k", "qwen2like", "o200k", "phi-3",
      "nmt-unigram",
    ])
  func `texts and ids of any kind come through more real tokenizers`(name: String) throws {
    try fuzz(name, rounds: 0)
  }

  private func fuzz(_ name: String, rounds: Int) throws {
    let bytes = try Shared.contents("golden/tokenizers/\(name).tokenizer.json.gz")
    let tokenizer = try Tokenizer(json: bytes, file: name)
    repeated(name, rounds: rounds) { random in
      check(tokenizer, HostileText.random(&random, special: tokenizer), &random)
    }
  }

  private func check(_ tokenizer: Tokenizer, _ text: String, _ random: inout CounterRandom) {
    note(Array(text.utf8))
    let comment = Comment(rawValue: String(text.debugDescription.prefix(300)))
    let encoding = tokenizer.encode(text)
    #expect(encoding.ids == tokenizer.ids(of: text), comment)
    #expect(encoding.offsets.count == encoding.ids.count, comment)
    let scalars = Int32(text.unicodeScalars.count)
    #expect(encoding.offsets.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= scalars }, comment)
    _ = tokenizer.decode(encoding.ids)
    _ = tokenizer.decode(encoding.ids, skipSpecialTokens: false)
    let limit = tokenizer.vocabularySize + 10
    let ids = (0..<random.below(60)).map { _ in Int32(random.below(limit + 20)) - 10 }
    _ = tokenizer.decode(ids)
    var options = EncodingOptions()
    options.truncation = Truncation(maximumLength: 1 + random.below(40))
    options.treatsSpecialTokensAsText = random.below(2) == 0
    let length = tokenizer.encode(text, pair: text, options: options).ids.count
    let added = tokenizer.addedTokenCount(pair: true)
    #expect(length <= max(options.truncation?.maximumLength ?? 0, added), comment)
  }

  // MARK: Files

  @Test func `a changed tokenizer.json is refused or works`() throws {
    let files = try Self.smallFiles()
    repeated("changed files", rounds: 400) { random in
      let file = files[random.below(files.count)]
      let bytes =
        random.below(3) == 0
        ? JSONMutation.changedBytes(file.bytes, &random)
        : JSONMutation.changed(file, &random).bytes
      note(bytes)
      guard let tokenizer = try? Tokenizer(json: bytes) else { return }
      use(tokenizer, &random)
    }
  }

  @Test(arguments: [
    "marian/source.spm", "marian/vocab.json", "fsmt/merges.txt", "fsmt/vocab-src.json",
    "made/vocab.txt", "made/merges.txt", "made/vocab.json", "made/model.tiktoken",
  ])
  func `other changed files are refused or work`(name: String) throws {
    let folder = try TemporaryFolder()
    let source = name.hasPrefix("made/") ? try Self.madeFolder(folder) : Self.fixtures
    let parts = name.split(separator: "/").map(String.init)
    let copy = "\(folder.path)/copy"
    try FileManager.default.copyItem(atPath: "\(source)/\(parts[0])", toPath: copy)
    let whole = try fileContents("\(copy)/\(parts[1])")
    try repeated(name, rounds: 40) { random in
      let bytes = JSONMutation.changedBytes(whole, &random)
      note(bytes)
      try Data(bytes).write(to: URL(fileURLWithPath: "\(copy)/\(parts[1])"))
      for place in [copy, "\(copy)/\(parts[1])"] {
        guard let tokenizer = try? Tokenizer.load(place) else { continue }
        use(tokenizer, &random)
        use(tokenizer.target, &random)
      }
    }
  }

  private func use(_ tokenizer: Tokenizer, _ random: inout CounterRandom) {
    let text = HostileText.random(&random, special: tokenizer)
    let ids = tokenizer.encode("The dog's ﬁrst 3.14 中文 " + text.prefix(200)).ids
    _ = tokenizer.decode(ids)
    _ = tokenizer.token(of: ids.first ?? 0)
  }

  /// Small files of every kind of model and component.
  private static func smallFiles() throws -> [JSONValue] {
    var files: [JSONValue] = []
    let components = try Fixture.load("components")
    for test in try #require(components["cases"]?.array) {
      var file: JSONObject = ["model": SpellingModel.json, "decoder": ["type": "ByteLevel"]]
      if let part = test["part"]?.string { file[part] = test["component"] }
      file.merge(test["parts"]?.object ?? [:])
      files.append(.object(file))
    }
    files.append(try #require(Fixture.load("wordpiece")["file"]))
    for test in try #require(Fixture.load("unigram")["cases"]?.array) {
      files.append(try #require(test["file"]))
    }
    let texts = try #require(Fixture.load("training")["texts"]).strings
    for model in VocabularyOptions.Model.allCases {
      var options = VocabularyOptions(model)
      options.vocabularySize = 400
      var trainer = try TokenizerTrainer(options)
      trainer.count(texts, threads: 1)
      files.append(try JSONValue.parse(try trainer.train(threads: 1).json))
    }
    return files
  }

  /// A folder `made` with the other files that a tokenizer may come in.
  private static func madeFolder(_ folder: TemporaryFolder) throws -> String {
    let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "the", "dog", "##s", "3", ".", "中"]
    try folder.write(words.joined(separator: "\n"), to: "made/vocab.txt")
    try folder.write(#"{"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3}"#, to: "made/vocab.json")
    try folder.write("#version: 0.2\na b\n", to: "made/merges.txt")
    let ranks = (0..<300).map { rank in
      Data(rank < 256 ? [UInt8(rank)] : [UInt8(rank - 256), 0x61]).base64EncodedString()
        + " \(rank)"
    }
    try folder.write(ranks.joined(separator: "\n"), to: "made/model.tiktoken")
    return folder.path
  }
}

/// Texts that nobody would write.
enum HostileText {
  /// A text of random parts.
  static func random(_ random: inout CounterRandom, special tokenizer: Tokenizer) -> String {
    let tokens = tokenizer.addedTokens.map(\.content)
    return (0..<random.below(12)).map { _ in
      random.below(8) == 0 && !tokens.isEmpty
        ? tokens[random.below(tokens.count)] : part(&random)
    }.joined()
  }

  private static let pieces = [
    " ", "  ", "\n", "\r\n", "\t", "\0", "\u{A0}", "\u{3000}", "\u{200D}", "\u{FEFF}", "\u{FFFD}",
    "e\u{301}\u{323}", "👨‍👩‍👧", "🇩🇪", "ﬁ", "İ", "ß", "中文", "한국", "\u{1100}\u{1161}", "▁", "Ġ", "##",
    "</w>",
    "<0x41>", "<0xZZ>", "'s", "'LL", "123456", "3.14", "the", "patient", "<s>", "[MASK]", "<|",
    "|>", "@@",
    "\u{10FFFF}", "\u{E000}", "\u{378}", "\u{1F1E6}", "\u{345}", "\u{F900}", "\u{AC01}", "\u{17F}",
    "'\u{17F}",
  ]

  private static func part(_ random: inout CounterRandom) -> String {
    switch random.below(6) {
    case 0: return String(decoding: bytes(&random, 1 + random.below(40)), as: UTF8.self)
    case 1: return scalars(&random, 1 + random.below(30))
    case 2:
      return String(repeating: pieces[random.below(pieces.count)], count: 1 + random.below(300))
    case 3: return (0..<random.below(20)).map { _ in pieces[random.below(pieces.count)] }.joined()
    case 4:
      let ascii = (0..<1 + random.below(200)).map { _ in UInt8(random.below(128)) }
      return String(decoding: ascii, as: UTF8.self)
    default: return pieces[random.below(pieces.count)]
    }
  }

  static func bytes(_ random: inout CounterRandom, _ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  private static func scalars(_ random: inout CounterRandom, _ count: Int) -> String {
    let limits = [0x80, 0x250, 0x3000, 0x1_0000, 0x11_0000]
    let limit = limits[random.below(limits.count)]
    var text = String.UnicodeScalarView()
    for _ in 0..<count {
      if let scalar = Unicode.Scalar(UInt32(random.below(limit))) { text.append(scalar) }
    }
    return String(text)
  }
}

/// Files that nobody would save.
enum JSONMutation {
  /// The file with some of its bytes changed, lost, doubled, or cut off.
  static func changedBytes(_ file: [UInt8], _ random: inout CounterRandom) -> [UInt8] {
    var bytes = file
    for _ in 0..<1 + random.below(6) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      let end = min(bytes.count, place + 1 + random.below(12))
      switch random.below(5) {
      case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
      case 3: bytes.insert(contentsOf: HostileText.bytes(&random, 3), at: place)
      default: if random.below(4) == 0 { bytes.removeSubrange(place...) }
      }
    }
    return bytes
  }

  private static let values: [JSONValue] = [
    .null, true, 0, -1, 1, 1_000_000_000_000, 2_147_483_647, 16_777_215, .real(1e308), .real(-0.5),
    "", "a",
    "\u{0}", "##", "▁", "(", "(a*)*b", #"\p{L}+"#, "[^", [], ["a"], ["a", "b", "c"], [["a", 1]],
    .object(JSONObject()),
    ["type": "ByteLevel"], ["type": "Sequence"], ["type": "NFC"], ["String": ""], ["Regex": "x*"],
  ]

  /// The file with one value somewhere replaced, dropped or put in another's place.
  static func changed(_ value: JSONValue, _ random: inout CounterRandom) -> JSONValue {
    if random.below(4) == 0 { return values[random.below(values.count)] }
    if let array = value.array, !array.isEmpty {
      var array = array
      let place = random.below(array.count)
      switch random.below(6) {
      case 0: array.remove(at: place)
      case 1: array.append(array[place])
      default: array[place] = changed(array[place], &random)
      }
      return .array(array)
    }
    guard let object = value.object, !object.members.isEmpty else {
      return values[random.below(values.count)]
    }
    var members = object.members.map { ($0.key, $0.value) }
    let place = random.below(members.count)
    switch random.below(8) {
    case 0: members.remove(at: place)
    case 1: members[place].0 = ["", "a", "##a", "type", "\u{0}", "ab"][random.below(6)]
    default: members[place].1 = changed(members[place].1, &random)
    }
    return .object(JSONObject(members))
  }
}
