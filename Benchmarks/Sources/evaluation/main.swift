import Evaluate
import Foundation

// Times metrics and tests on files of plain numbers that `Scripts/significance_bench.py` writes, so that
// both sides see the same. Each line: what, the median of five in seconds, the value.

/// The numbers of a file, as they lie in memory.
func numbers<Number>(_ path: String, of type: Number.Type) throws -> [Number] {
  let data = try Data(contentsOf: URL(filePath: path))
  return [Number](unsafeUninitializedCapacity: data.count / MemoryLayout<Number>.stride) {
    buffer, count in
    count = data.copyBytes(to: buffer) / MemoryLayout<Number>.stride
  }
}

func time(_ what: String, rounds: Int = 5, _ work: () throws -> Double) rethrows {
  var seconds: [Double] = []
  var value = 0.0
  for _ in 0..<rounds {
    let clock = ContinuousClock()
    let start = clock.now
    value = try work()
    seconds.append((clock.now - start) / .seconds(1))
  }
  print("\(what) \(seconds.sorted()[rounds / 2]) \(value)")
}

/// Ten classes, references and predictions as 64-bit integers.
func classes(_ folder: String) throws {
  let references = try numbers("\(folder)/references10", of: Int.self)
  let predictions = try numbers("\(folder)/predictions10", of: Int.self)
  let labels = (0..<10).map { "\($0)" }
  time("f1.weighted") {
    ClassificationOutcomes(
      labels: labels, references: references, predictions: predictions, scores: nil
    ).rate(.f1, average: .weighted)
  }
}

/// Two classes and the score of the second, as 32-bit floats beside 64-bit references.
func area(_ folder: String) throws {
  let references = try numbers("\(folder)/references2", of: Int.self)
  let scores = try numbers("\(folder)/scores2", of: Float.self)
  time("auc") { areaUnderROC(references: references, scores: scores) ?? .nan }
}

/// The sums of sacreBLEU's statistics of BLEU.
struct BLEU: CorpusMetric {
  let name = "bleu"
  let signature = ""
  let direction = MetricDirection.greater
  let width = 10

  func score(of sums: [Double]) -> Double {
    var logs = 0.0
    for order in 0..<4 { logs += log(100 * sums[2 + order] / sums[6 + order]) }
    return (sums[0] < sums[1] ? exp(1 - sums[1] / sums[0]) : 1) * exp(logs / 4)
  }
}

func randomization(_ folder: String) throws {
  let systems = try ["first", "second"].map { name in
    CorpusMeasurement(
      BLEU(),
      RecordStatistics(width: 10, values: try numbers("\(folder)/\(name)", of: Double.self)))
  }
  let rows = StatisticsRows(systems[0], systems[1])
  let threads = ProcessInfo.processInfo.activeProcessorCount
  for generator in ResamplingGenerator.allCases {
    let test = Resampling(times: 10_000, generator: generator, threads: threads)
    time("randomization.\(generator.rawValue)") { test.randomization(rows)[0].pValue }
    let draws = Resampling(times: 1000, generator: generator, threads: threads)
    time("bootstrap.\(generator.rawValue)") {
      let drawn = draws.bootstrap(systems.map { StatisticsRows($0) })
      return drawn[1].less(drawn[0]).pValues[0]
    }
  }
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: evaluation classes|area|randomization FOLDER\n".utf8))
  exit(2)
}
switch arguments[1] {
case "classes": try classes(arguments[2])
case "area": try area(arguments[2])
default: try randomization(arguments[2])
}
