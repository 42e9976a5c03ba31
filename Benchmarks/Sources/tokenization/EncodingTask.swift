import Foundation
import Measurement
import Stages
import Tokenize

/// Encoding all documents of a corpus with a fresh tokenizer.
struct EncodingTask {
  private let tokenizer: String
  private let documents: [String]
  private let bytes: Int
  private let tracks: Bool
  private let threads: Int
  let rounds: Int
  /// The memory in use once the documents are read.
  private let before: Int

  /// Reads the arguments and the corpus; nil where an argument is none.
  init?(_ words: [String]) {
    guard ["ids", "offsets"].contains(words[2]), let threads = Int(words[3]), threads > 0,
      let rounds = words.count > 4 ? Int(words[4]) : 1, rounds > 0,
      let corpus = try? FileReader.contents(words[1])
    else { return nil }
    tokenizer = words[0]
    tracks = words[2] == "offsets"
    self.threads = threads
    self.rounds = rounds
    documents = corpus.split(separator: UInt8(ascii: "\n")).map {
      String(decoding: $0, as: UTF8.self)
    }
    bytes = documents.reduce(0) { $0 + $1.utf8.count }
    before = Memory.inUse
  }

  /// Loads the tokenizer, encodes every document once, and says what came out and how long it took.
  func round() throws -> String {
    let start = ContinuousClock.now
    let tokenizer = try Tokenizer.load(tokenizer)
    let loaded = ContinuousClock.now
    let (ids, peak, done) = encode(tokenizer)
    let seconds = (done - loaded) / .seconds(1)
    var checksum = Checksum()
    for document in ids { checksum.add(document) }
    let fields = [
      "\"mb_s\":\(text(Double(bytes) / 1e6 / seconds, 2))", "\"seconds\":\(text(seconds, 4))",
      "\"load_ms\":\(text((loaded - start) / .milliseconds(1), 1))",
      "\"peak_mb\":\(text(Double(peak - before) / 1e6, 1))",
      "\"tokens\":\(ids.reduce(0) { $0 + $1.count })", "\"checksum\":\(checksum.value)",
      "\"mode\":\"\(tracks ? "offsets" : "ids")\"", "\"threads\":\(threads)",
    ]
    return "{\(fields.joined(separator: ","))}"
  }

  private func encode(
    _ tokenizer: Tokenizer
  ) -> (ids: [[Int32]], peak: Int, done: ContinuousClock.Instant) {
    guard tracks else {
      let ids = tokenizer.idsBatch(of: documents, addSpecialTokens: false, threads: threads)
      let done = ContinuousClock.now
      return (ids, Memory.peak, done)
    }
    var options = EncodingOptions()
    options.addSpecialTokens = false
    let encodings = tokenizer.encodeBatch(documents, options: options, threads: threads)
    let done = ContinuousClock.now
    return (encodings.map(\.ids), Memory.peak, done)
  }

  private func text(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }
}
