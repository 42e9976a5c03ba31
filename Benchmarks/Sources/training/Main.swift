import Foundation
import Measurement
import Tensors

/// `training TASK [STEPS]`: times whole training steps of a task and prints one line of JSON.
///
/// Scripts/train_bench.sh runs it in turns with PyTorch on the same task.
@main
struct Main {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    guard let name = words.first, let make = Workload.all[name] else {
      let names = Workload.all.keys.sorted().joined(separator: ", ")
      FileHandle.standardError.write(Data("usage: training TASK [STEPS]; tasks: \(names)\n".utf8))
      exit(2)
    }
    let steps = words.dropFirst().first.flatMap { Int($0) } ?? 6
    let before = Memory.peak
    let workload = try make()
    let result = try workload.measure(steps: steps)
    let fields = [
      "\"task\":\"\(name)\"", "\"step_s\":\(text(result.median))",
      "\"min_s\":\(text(result.fastest))", "\"tokens_per_s\":\(Int(result.tokensPerSecond))",
      "\"gflops\":\(Int(workload.gigaflops / result.median))",
      "\"peak_mb\":\((Memory.peak - before) / 1_000_000)", "\"loss\":\(result.loss)",
      "\"engine\":\"\(Engine.instructions), \(Engine.threads) threads\"",
    ]
    print("{\(fields.joined(separator: ","))}")
  }

  private static func text(_ seconds: Double) -> String { String(format: "%.4f", seconds) }
}
