import Foundation
import Tensors
import Testing

/// Times one layer forward and backward; Scripts/tensors_benchmark.py times torch on the same.
///
///     ANNEAL_BENCHMARK=1 ANNEAL_THREADS=4 swift test -c release --filter EncoderLayerBenchmark
@Suite(.enabled(if: ProcessInfo.processInfo.environment["ANNEAL_BENCHMARK"] != nil), .serialized)
struct EncoderLayerBenchmark {
  @Test(arguments: [Float(0.1), 0])
  func `a layer of MiniLM, 32 sequences of 128`(dropout: Float) {
    let environment = ProcessInfo.processInfo.environment
    Engine.threads = environment["ANNEAL_THREADS"].flatMap { Int($0) } ?? 0
    let layer = EncoderLayer(hidden: 384, feedForward: 1536, heads: 12)
    let layout = SequenceLayout(lengths: Array(repeating: 128, count: 32))
    let x = noise([layout.tokens, 384], seed: 3, requiresGradient: true)
    let gradient = noise([layout.tokens, 384], seed: 4)
    var forward: [Duration] = []
    var whole: [Duration] = []
    for step in 0..<25 {
      for parameter in layer.parameters + [x] { parameter.gradient = nil }
      let start = ContinuousClock.now
      let tape = Tape(training: .init(seed: 1, step: step))
      let y = layer(tape, x, layout, dropout: dropout)
      forward.append(ContinuousClock.now - start)
      tape.backward(from: y, gradient: gradient)
      whole.append(ContinuousClock.now - start)
    }
    print("\(Engine.description): dropout \(dropout)", terminator: " ")
    print("forward \(forward.min() ?? .zero), both \(whole.min() ?? .zero)", terminator: " ")
    print("median \(whole.sorted()[whole.count / 2])")
  }
}
