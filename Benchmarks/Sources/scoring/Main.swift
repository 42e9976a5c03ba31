import Evaluate
import Foundation

/// Scores pairs of lines by one metric, several times.
///
///     scoring METRIC REFERENCES HYPOTHESES THREADS [ROUNDS]
///
/// Prints a line of JSON a round: pairs a second and the score. Files are read before the clock runs.
@main
struct Main {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count > 3, let threads = Int(words[3]), threads > 0,
      let rounds = words.count > 4 ? Int(words[4]) : 1, rounds > 0,
      let metrics = try? TextMetrics(named: names(words[0]))
    else {
      FileHandle.standardError.write(
        Data("usage: scoring METRIC REFERENCES HYPOTHESES THREADS [ROUNDS]\n".utf8))
      exit(2)
    }
    var settings = TextMetricSettings()
    settings.rouge.stemmer = words[0].hasSuffix("-stemmer")
    let corpus = TextCorpus(hypotheses: try lines(words[2]), references: try lines(words[1]))
    for _ in 0..<rounds {
      let start = ContinuousClock.now
      let scores = try metrics.scores(of: corpus, settings: settings, threads: threads)
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let speed = Int(Double(corpus.count) / seconds)
      print("{\"pairs_s\":\(speed),\"seconds\":\(seconds),\"score\":\(scores[0].score)}")
    }
  }

  /// `rouge` and `rouge-stemmer` are of words, pairs of words and common subsequences.
  private static func names(_ metric: String) -> [String] {
    metric.hasPrefix("rouge") ? ["rouge1", "rouge2", "rougeL"] : [metric]
  }

  private static func lines(_ path: String) throws -> [String] {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    return bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
      .dropLast(bytes.last == 0x0A ? 1 : 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
