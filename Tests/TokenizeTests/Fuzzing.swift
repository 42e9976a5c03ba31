import Foundation
import Records
import Testing
import Tokenize

/// How long random tests go on, and what is kept of them.
///
/// A run takes a moment; `ANNEAL_FUZZ=300` makes it go on for so many seconds a test, with other random
/// numbers, and says how many cases there were and from which seed, which `ANNEAL_FUZZ_SEED` sets.
/// `ANNEAL_FUZZ_LOG=FILE` keeps the case at work in a file, for the day one traps; tests must not run side by
/// side then.
enum Fuzzing {
  private static let environment = ProcessInfo.processInfo.environment
  static let seconds = environment["ANNEAL_FUZZ"].flatMap(Double.init)

  /// Runs `body` so many times, or as long as the environment says; it is told its round's random numbers.
  static func run(
    _ purpose: String, rounds: Int, _ body: (inout CounterRandom) throws -> Void
  ) rethrows {
    let end = seconds.map { Date().addingTimeInterval($0) }
    // Long runs begin anew each time; what a short one does never changes.
    let given = environment["ANNEAL_FUZZ_SEED"].flatMap { UInt64($0) }
    let seed = given ?? (end == nil ? 11 : UInt64(Date().timeIntervalSince1970))
    var round = 0
    while end.map({ Date() < $0 }) ?? (round < rounds) {
      var random = CounterRandom(seed: seed, purpose: purpose, record: "\(round)")
      try body(&random)
      round += 1
    }
    if let seconds { print("fuzzed \(purpose): \(round) cases in \(seconds) s, seed \(seed)") }
  }

  static func note(_ bytes: @autoclosure () -> [UInt8]) {
    guard let path = environment["ANNEAL_FUZZ_LOG"] else { return }
    try? Data(bytes()).write(to: URL(fileURLWithPath: path))
  }

  /// Encodes and decodes by a tokenizer that a changed file has become.
  static func use(_ tokenizer: Tokenizer, _ random: inout CounterRandom) {
    let text = HostileText.random(&random, special: tokenizer)
    let ids = tokenizer.encode("The dog's ﬁrst 3.14 中文 " + text.prefix(200)).ids
    _ = tokenizer.decode(ids)
    _ = tokenizer.token(of: ids.first ?? 0)
  }
}

/// Small tokenizers of every kind of model and component.
enum SmallTokenizers {
  /// Their tokenizer.json files.
  static func files() throws -> [JSONValue] {
    var files: [JSONValue] = []
    let components = try Fixture.load("components")
    for test in try #require(components["cases"]?.array) {
      var file: JSONObject = [
        "model": SpellingModel.json,
        "decoder": ["type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true],
      ]
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
}
