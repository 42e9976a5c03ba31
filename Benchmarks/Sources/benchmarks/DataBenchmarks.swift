import Foundation
import Records
import TextKit

/// The parts of the data stages, on the quickstart's questions repeated to a few megabytes.
enum DataBenchmarks {
  /// Every benchmark of this group.
  static func all(data: URL) throws -> [Benchmark] {
    let file = try Data(contentsOf: data)
    let lines = file.split(separator: UInt8(ascii: "\n")).map(Array.init)
      .filter { (try? JSONValue.parse($0)) != nil }
    let many = Array(repeatElement(lines, count: 20).joined())
    let texts = try many.map { try JSONValue.parse($0).text }
    let lineBytes = many.reduce(0) { $0 + $1.count }
    let textBytes = texts.reduce(0) { $0 + $1.utf8.count }
    let normalizer = Normalizer(.nfkc)
    let words = Segmentation(.word)
    return [
      Benchmark(name: "records.json.parse", bytes: lineBytes) {
        for line in many { _ = try JSONValue.parse(line) }
      },
      Benchmark(name: "textkit.nfkc", bytes: textBytes) {
        for text in texts { _ = normalizer.normalize(text) }
      },
      Benchmark(name: "textkit.words", bytes: textBytes) {
        for text in texts { _ = words.segments(of: text) }
      },
    ]
  }
}
