internal import CKernels

/// A 16-bit format of floating-point numbers in checkpoints.
public enum HalfPrecision: Sendable {
  /// The upper half of an fp32.
  case bfloat16
  /// IEEE 754 binary16.
  case float16
}

extension Tensor {
  /// A tensor of 16-bit values widened to fp32.
  public convenience init(_ values: Span<UInt16>, _ format: HalfPrecision, shape: [Int]) {
    self.init(uninitialized: shape)
    precondition(values.count == count, "\(values.count) values for shape \(shape)")
    values.withUnsafeBufferPointer { source in
      guard let first = source.baseAddress else { return }
      switch format {
      case .bfloat16: anneal_from_bfloat16(Int64(count), first, fresh)
      case .float16: anneal_from_float16(Int64(count), first, fresh)
      }
    }
  }

  /// The values rounded to a 16-bit format, to nearest even.
  public func halfPrecision(_ format: HalfPrecision) -> [UInt16] {
    reading(self) {
      [UInt16](unsafeUninitializedCapacity: count) { buffer, initialized in
        if let first = buffer.baseAddress {
          switch format {
          case .bfloat16: anneal_to_bfloat16(Int64(count), base, first)
          case .float16: anneal_to_float16(Int64(count), base, first)
          }
        }
        initialized = count
      }
    }
  }

  /// The values rounded to a 16-bit format, as 32-bit floats.
  package func rounded(to format: HalfPrecision) -> Tensor {
    Tensor(halfPrecision(format).span, format, shape: shape)
  }
}
