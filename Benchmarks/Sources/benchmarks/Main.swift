import Foundation

/// `benchmarks [NAME…]`: times the benchmarks whose names begin so, or all.
@main
struct Main {
  static func main() throws {
    let wanted = CommandLine.arguments.dropFirst()
    let data = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../pipelines/data/patient-questions.jsonl").standardizedFileURL
    print("| benchmark | median ms | fastest ms | MB/s |\n|---|---:|---:|---:|")
    for benchmark in try DataBenchmarks.all(data: data) + ModelBenchmarks.all()
    where wanted.isEmpty || wanted.contains(where: benchmark.name.hasPrefix) {
      let result = try benchmark.measure()
      print(
        "| \(result.name) | \(milliseconds(result.median)) | \(milliseconds(result.fastest))", "|",
        String(format: "%.0f", result.rate), "|")
    }
  }

  static func milliseconds(_ duration: Duration) -> String {
    String(format: "%.2f", duration / .milliseconds(1))
  }
}
