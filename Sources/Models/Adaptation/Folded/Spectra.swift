import Records
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// FourierFT: W + the inverse Fourier transform of a spectrum with a few values, whose places follow from a
/// seed (Gao and others 2024).
struct Spectra: FoldedMethod {
  let takesTurned = true
  private let count: Int
  private let counts: [(pattern: String, count: Int)]
  private let scale: Double
  private let seed: UInt32

  init(_ config: AdapterConfiguration) throws(ModelError) {
    count = try config.integer("n_frequency", default: 1000)
    counts = try config.counts("n_frequency_pattern").map { (".*\\.\($0)", $1) }
    scale = try config.number("scaling", default: 150)
    seed = UInt32(truncatingIfNeeded: try config.integer("random_loc_seed", default: 777))
  }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let own = counts.first { matches($0.pattern, map.name) }?.count ?? count
    let (inputs, outputs) = (map.inputs, map.outputs)
    guard 1...inputs * outputs ~= own else {
      throw ModelError(
        .mismatch, file: map.name, problem: "has \(inputs * outputs) places for \(own) frequencies")
    }
    let part = FoldedPart("fourierft_spectrum", [own])
    return FoldedChange(parts: [part]) { [scale, seed] plain in
      var random = TorchRandom(seed: seed)
      let places = random.permutation(inputs * outputs, first: own)
      let values = part.tensor.values
      let factor = Float(scale / Double(inputs * outputs))
      // Some at a time, so that memory does not grow with the frequencies.
      return stride(from: 0, to: own, by: 1024).reduce(plain) { sum, start in
        let some = start..<min(start + 1024, own)
        return Self.adding(values[some], at: places[some], to: sum, factor: factor)
      }
    }
  }

  /// A matrix + the waves of a spectrum's values, by their places in the spectrum.
  private static func adding(
    _ values: ArraySlice<Float>, at places: ArraySlice<Int>, to matrix: Tensor, factor: Float
  ) -> Tensor {
    let (outputs, inputs) = (matrix.rows, matrix.columns)
    let (rows, columns) = (places.map { $0 / inputs }, places.map { $0 % inputs })
    let own = Array(values)
    let tape = Tape.inference()
    let cosine: (Double) -> Double = { cos($0) }
    let sine: (Double) -> Double = { sin($0) }
    var sum = matrix
    // cos(x + y) = cos x · cos y − sin x · sin y, so that two products make the sum over the frequencies.
    for (wave, sign) in [(cosine, Float(1)), (sine, Float(-1))] {
      let high = waves(rows, outputs, wave).enumerated().map { $1 * own[$0 / outputs] }
      let low = Tensor(waves(columns, inputs, wave), shape: [own.count, inputs])
      let turned = Tensor(high, shape: [own.count, outputs]).turned
      sum = tape.add(sum, tape.product(turned, low), factor: sign * factor)
    }
    return sum
  }

  /// A wave of each of some frequencies, at each of `length` places.
  private static func waves(
    _ numbers: [Int], _ length: Int, _ wave: (Double) -> Double
  ) -> [Float] {
    let table = (0..<length).map { Float(wave(2 * .pi * Double($0) / Double(length))) }
    return numbers.flatMap { number in (0..<length).map { table[number * $0 % length] } }
  }

  /// Whether a pattern fits a whole name; one that is none fits nothing.
  private func matches(_ pattern: String, _ name: String) -> Bool {
    guard let pattern = try? TargetSelection.regex(pattern) else { return false }
    return (try? pattern.wholeMatch(in: name)) != nil
  }
}
