package import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Position vectors that are computed: sines in the first half, cosines in the second.
package enum Sinusoids {
  /// Wavelengths 10000^(2i / width), as Vaswani and others (2017) have them: Marian.
  package static func transformer(positions: Int, width: Int) -> Tensor {
    table(positions, width) { position, place in
      Double(position) / pow(10000, 2 * Double(place) / Double(width))
    }
  }

  /// Wavelengths 10000^(i / (width / 2 - 1)), as tensor2tensor and fairseq have them: FSMT.
  ///
  /// The row of the padding token is zero.
  package static func fairseq(positions: Int, width: Int, padding: Int) -> Tensor {
    let step = Float(log(10000.0) / Double(width / 2 - 1))
    let frequencies = (0..<(width / 2)).map { expf(Float($0) * -step) }
    let table = table(positions, width) { Double(Float($0) * frequencies[$1]) }
    table.withMutableValues { values in
      for column in 0..<width where padding < positions { values[padding * width + column] = 0 }
    }
    return table
  }

  private static func table(
    _ positions: Int, _ width: Int, angle: (_ position: Int, _ place: Int) -> Double
  ) -> Tensor {
    var values = [Float](repeating: 0, count: positions * width)
    for position in 0..<positions {
      for place in 0..<(width / 2) {
        let angle = angle(position, place)
        values[position * width + place] = Float(sin(angle))
        values[position * width + width / 2 + place] = Float(cos(angle))
      }
    }
    return Tensor(values, shape: [positions, width])
  }
}
