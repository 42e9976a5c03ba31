import Records
import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// VB-LoRA: W + B · A, both put together from weighted sums of a few vectors of one bank (Li and others 2024).
struct VectorBank: FoldedMethod {
  let takesTurned = true
  private let rank, chosen: Int
  private let bank: Tensor
  /// Whether the chosen vectors and their weights are filed, and not the logits of all.
  private let isBrief: Bool

  init(_ config: AdapterConfiguration) throws(ModelError) {
    rank = try config.integer("r", default: 4)
    chosen = try config.integer("topk", default: 2)
    isBrief = config.flag("save_only_topk_weights")
    let count = try config.integer("num_vectors", default: 256)
    let length = try config.integer("vector_length", default: 256)
    guard rank > 0, length > 0, 1...max(count, 1) ~= chosen, count > 0 else {
      throw config.fault("has the rank \(rank) and \(chosen) of \(count) vectors of \(length)")
    }
    bank = Tensor(shape: [count, length])
  }

  var shared: [(name: String, tensor: Tensor)] { [("vblora_vector_bank", bank)] }

  func change(of map: Linear) throws(ModelError) -> FoldedChange {
    let length = bank.columns
    guard map.inputs.isMultiple(of: length), map.outputs.isMultiple(of: length) else {
      throw ModelError(
        .mismatch, file: map.name,
        problem: "maps \(map.inputs) to \(map.outputs) values, no multiples of \(length)")
    }
    let low = parts("vblora_logits_A", [rank, map.inputs / length])
    let high = parts("vblora_logits_B", [map.outputs / length, rank])
    return FoldedChange(parts: low + high) { plain in
      let tape = Tape.inference()
      let down = Tensor(sums(low), shape: [rank, map.inputs])
      // [outputs / length, rank, length] with the last two exchanged.
      let sums = sums(high)
      let up = (0..<map.outputs * rank).map { place in
        let (output, column) = (place / rank, place % rank)
        return sums[(output / length * rank + column) * length + output % length]
      }
      let change = tape.product(Tensor(up, shape: [map.outputs, rank]), down)
      return tape.add(plain, change, factor: 1)
    }
  }

  private func parts(_ name: String, _ shape: [Int]) -> [FoldedPart] {
    guard isBrief else { return [FoldedPart(name, shape + [bank.rows])] }
    return [
      FoldedPart(integers: "\(name)_topk_indices", shape + [chosen], below: bank.rows),
      FoldedPart("\(name)_topk_weights", shape + [chosen - 1]),
    ]
  }

  /// The sum of the chosen vectors for each place.
  private func sums(_ parts: [FoldedPart]) -> [Float] {
    let (vectors, length) = (bank.values, bank.columns)
    return choices(parts).flatMap { choice in
      var sum = [Float](repeating: 0, count: length)
      for (vector, weight) in choice {
        for place in 0..<length { sum[place] += weight * vectors[vector * length + place] }
      }
      return sum
    }
  }

  /// The vectors of each place and their weights, which are one together.
  private func choices(_ parts: [FoldedPart]) -> [[(vector: Int, weight: Float)]] {
    let values = parts.last?.tensor.values ?? []
    if let integers = parts[0].integers?.values {
      return (0..<integers.count / chosen).map { place in
        let weights = (0..<chosen - 1).map { values[place * (chosen - 1) + $0] }
        let all = weights + [1 - weights.reduce(0, +)]
        return all.enumerated().map { (integers[place * chosen + $0], $1) }
      }
    }
    return (0..<values.count / bank.rows).map { place in
      let logits = values[place * bank.rows..<(place + 1) * bank.rows]
      let best = logits.enumerated().sorted { ($0.element, $1.offset) > ($1.element, $0.offset) }
        .prefix(chosen)
      let exponentials = best.map { exp(Double($0.element) - Double(best[0].element)) }
      let sum = exponentials.reduce(0, +)
      return zip(best, exponentials).map { ($0.offset, Float($1 / sum)) }
    }
  }
}
