/// A value of a GGUF file's metadata.
public enum GGUFValue: Sendable, Equatable {
  /// An integer of any width.
  case integer(Int)
  /// A floating-point number of 32 or 64 bits.
  case real(Double)
  /// A truth value.
  case bool(Bool)
  /// A text.
  case text(String)
  /// Values of one kind.
  case array([GGUFValue])

  /// The integer, if this is one.
  public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
  /// The number, if this is one.
  public var real: Double? {
    switch self {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }
  /// The truth value, if this is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The text, if this is one.
  public var text: String? { if case .text(let value) = self { value } else { nil } }
  /// The elements, if this is an array.
  public var array: [GGUFValue]? { if case .array(let values) = self { values } else { nil } }
}

/// The kinds of values under their numbers in the file.
enum GGUFKind: UInt32 {
  case u8 = 0
  case i8 = 1
  case u16 = 2
  case i16 = 3
  case u32 = 4
  case i32 = 5
  case f32 = 6
  case bool = 7
  case text = 8
  case array = 9
  case u64 = 10
  case i64 = 11
  case f64 = 12

  /// The fewest bytes a value takes.
  var width: Int {
    switch self {
    case .u8, .i8, .bool: 1
    case .u16, .i16: 2
    case .u32, .i32, .f32: 4
    case .u64, .i64, .f64, .text: 8
    case .array: 12
    }
  }
}

extension ByteReader {
  /// A text with its length in 64 bits in front.
  mutating func ggufText() throws(ModelError) -> String {
    let length = Int(exactly: try read(UInt64.self)) ?? .max
    return try text(length, "a text")
  }

  /// The kind of a value.
  mutating func ggufKind() throws(ModelError) -> GGUFKind {
    let number = try read(UInt32.self)
    guard let kind = GGUFKind(rawValue: number) else { throw corrupt("value kind \(number)") }
    return kind
  }

  /// A value of a kind that is no array.
  mutating func ggufValue(_ kind: GGUFKind) throws(ModelError) -> GGUFValue {
    switch kind {
    case .u8: return .integer(Int(try read(UInt8.self)))
    case .i8: return .integer(Int(try read(Int8.self)))
    case .u16: return .integer(Int(try read(UInt16.self)))
    case .i16: return .integer(Int(try read(Int16.self)))
    case .u32: return .integer(Int(try read(UInt32.self)))
    case .i32: return .integer(Int(try read(Int32.self)))
    case .u64: return .integer(Int(clamping: try read(UInt64.self)))
    case .i64: return .integer(Int(try read(Int64.self)))
    case .f32: return .real(Double(Float(bitPattern: try read(UInt32.self))))
    case .f64: return .real(Double(bitPattern: try read(UInt64.self)))
    case .bool: return .bool(try read(UInt8.self) != 0)
    case .text: return .text(try ggufText())
    case .array: throw corrupt("arrays of arrays")
    }
  }

  /// Steps over an array and says where it stands; its elements are read when asked.
  mutating func skipGGUFArray() throws(ModelError) -> GGUFArray {
    let kind = try ggufKind()
    let count = Int(exactly: try read(UInt64.self)) ?? .max
    guard kind != .array else { throw corrupt("arrays of arrays") }
    guard count <= remaining / kind.width else {
      throw corrupt("an array of \(count) elements where \(remaining) bytes are left")
    }
    let start = offset
    if kind == .text {
      for _ in 0..<count {
        let length = Int(exactly: try read(UInt64.self)) ?? .max
        _ = try skip(length, "a text")
      }
    } else {
      _ = try skip(count * kind.width, "an array")
    }
    return GGUFArray(kind: kind, count: count, range: start..<offset)
  }
}

/// Where an array of the metadata stands.
struct GGUFArray: Sendable {
  let kind: GGUFKind
  let count: Int
  let range: Range<Int>
}
