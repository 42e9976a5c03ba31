internal import CKernels

/// A code of 16 values, one for each 4-bit number.
public enum FourBitCode: String, Sendable, CaseIterable {
  /// Quantiles of the normal distribution (Dettmers, Pagnoni, Holtzman, Zettlemoyer 2023).
  case nf4
  /// A floating-point number of one sign, two exponent and one mantissa bit, with a subnormal.
  case fp4

  /// The value of each number, as bitsandbytes stores them.
  public var table: [Float] {
    switch self {
    case .nf4:
      [
        -1, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453, -0.28444138169288635,
        -0.18477343022823334, -0.09105003625154495, 0, 0.07958029955625534, 0.16093020141124725,
        0.24611230194568634, 0.33791524171829224, 0.44070982933044434, 0.5626170039176941,
        0.7229568362236023, 1,
      ]
    case .fp4:
      [
        0, 0.0052083334885537624, 0.6666666865348816, 1, 0.3333333432674408, 0.5,
        0.1666666716337204, 0.25, 0, -0.0052083334885537624, -0.6666666865348816, -1,
        -0.3333333432674408, -0.5, -0.1666666716337204, -0.25,
      ]
    }
  }

  /// The bounds between neighbours and the number of each, in rising order of the values.
  var kernel: anneal_four_bits {
    let table = self.table
    let order = table.indices.sorted { (table[$0], $0) < (table[$1], $1) }
    var code = anneal_four_bits()
    withUnsafeMutableBytes(of: &code.codes) { codes in
      for (place, number) in order.enumerated() { codes[place] = UInt8(number) }
    }
    withUnsafeMutableBytes(of: &code.bounds) { bytes in
      let bounds = bytes.bindMemory(to: Float.self)
      for place in 0..<15 { bounds[place] = (table[order[place]] + table[order[place + 1]]) / 2 }
    }
    return code
  }
}

/// The 256 values of an 8-bit number with a moving exponent (Dettmers 2015), and their use.
///
/// The exponent takes one bit more for each power of ten below 1; the bits it leaves are the
/// fraction, linear between 0.1 and 1.
enum DynamicCode {
  /// The values in rising order, as bitsandbytes stores them.
  static let table: [Float] = {
    var values: [Float] = [0, 1]
    for exponent in 0..<7 {
      let scale = powersOfTen[exponent]
      for mean in means(1 << exponent) { values += [scale * mean, -scale * mean] }
    }
    return values.sorted()
  }()

  private static let powersOfTen: [Float] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]

  /// The middles of equal parts of 0.1 to 1.
  private static func means(_ parts: Int) -> [Float] {
    let step = (Float(1) - 0.1) / Float(parts)
    // Counted from the nearer end and rounded once, as PyTorch's linspace does.
    let bounds = (0...parts).map { place in
      place < (parts + 1) / 2
        ? Float(0.1).addingProduct(step, Float(place))
        : Float(1).addingProduct(-step, Float(parts - place))
    }
    return zip(bounds, bounds.dropFirst()).map { ($0 + $1) / 2 }
  }
}
