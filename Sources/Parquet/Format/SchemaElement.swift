/// One field of the schema, as the footer lists them: a parent before its children.
struct SchemaElement {
  var type: PhysicalType?
  var length = 0
  var repetition = Repetition.required
  var name = ""
  var children = 0
  var meaning = Meaning.plain

  init(_ reader: inout CompactReader) throws(ParquetFault) {
    var last = 0
    var converted: Int?
    var scale = 0
    var logical: Meaning?
    while let field = try reader.field(after: &last) {
      switch field.id {
      case 1: type = try Self.type(try reader.integer(field))
      case 2: length = try reader.size(field)
      case 3:
        let number = try reader.integer(field)
        guard let known = Repetition(rawValue: number) else {
          throw ParquetFault("a field has the repetition \(number)")
        }
        repetition = known
      case 4: name = try reader.text(field)
      case 5: children = try reader.size(field)
      case 6: converted = try reader.integer(field)
      case 7: scale = try reader.size(field)
      case 10: logical = try Self.logical(&reader, field)
      default: try reader.skip(field)
      }
    }
    meaning = logical ?? converted.map { Self.converted($0, scale: scale) } ?? .plain
    if case .decimal(let scale) = meaning, scale > 76 {
      throw ParquetFault("'\(name)' has \(scale) decimal places")
    }
    if let type, !meaning.fits(type) {
      throw ParquetFault(
        "'\(name)' has a meaning that its type, number \(type.rawValue), cannot have")
    }
    // A value of no bytes could stand any number of times in a page of none.
    if type == .fixed, length == 0 { throw ParquetFault("'\(name)' has values of no bytes") }
  }

  private static func type(_ number: Int) throws(ParquetFault) -> PhysicalType {
    guard let type = PhysicalType(rawValue: number) else {
      throw ParquetFault("a field has the type \(number)")
    }
    return type
  }

  /// The older of the two ways to say what values mean.
  private static func converted(_ number: Int, scale: Int) -> Meaning {
    switch number {
    case 0, 4: .text
    case 1, 2: .map
    case 3: .list
    case 5: .decimal(scale: scale)
    case 6: .date
    case 7: .time(.milliseconds)
    case 8: .time(.microseconds)
    case 9: .timestamp(.milliseconds, utc: true)
    case 10: .timestamp(.microseconds, utc: true)
    case 11, 12, 13, 14: .unsigned
    case 19: .json
    case 20: .binary
    case 21: .unsupported("an interval")
    default: .plain
    }
  }

  /// The newer way: a union, of which one member is there.
  private static func logical(
    _ reader: inout CompactReader, _ field: CompactReader.Field
  ) throws(ParquetFault) -> Meaning? {
    guard field.kind == .structure else { throw ParquetFault("a logical type is no structure") }
    var last = 0
    var meaning: Meaning?
    while let member = try reader.field(after: &last) {
      switch member.id {
      case 1, 4: meaning = .text
      case 2: meaning = .map
      case 3: meaning = .list
      case 6: meaning = .date
      case 11: meaning = .unknown
      case 12: meaning = .json
      case 13: meaning = .binary
      case 14: meaning = .uuid
      case 15: meaning = .half
      case 16: meaning = .unsupported("a variant")
      case 5, 7, 8, 10:
        meaning = try parameters(&reader, member)
        continue
      default: break
      }
      try reader.skip(member)
    }
    return meaning
  }

  /// The meanings that have parameters: decimal, time, timestamp, integer.
  private static func parameters(
    _ reader: inout CompactReader, _ member: CompactReader.Field
  ) throws(ParquetFault) -> Meaning? {
    guard member.kind == .structure else { throw ParquetFault("a logical type is no structure") }
    var last = 0
    var number = 0
    var flag = false
    var unit = TimeUnit.microseconds
    while let field = try reader.field(after: &last) {
      switch field.kind {
      case .yes, .no: flag = try reader.boolean(field)
      case .structure: unit = try Self.unit(&reader)
      case .byte, .short, .integer, .long:
        let value = try reader.integer(field)
        if field.id == 1 { number = value }
      default: try reader.skip(field)
      }
    }
    switch member.id {
    case 5:
      guard number >= 0 else { throw ParquetFault("a decimal has the scale \(number)") }
      return .decimal(scale: number)
    case 7: return .time(unit)
    case 8: return .timestamp(unit, utc: flag)
    default: return flag ? .plain : .unsigned
    }
  }

  private static func unit(_ reader: inout CompactReader) throws(ParquetFault) -> TimeUnit {
    var last = 0
    var unit = TimeUnit.microseconds
    while let field = try reader.field(after: &last) {
      unit = TimeUnit(rawValue: field.id) ?? unit
      try reader.skip(field)
    }
    return unit
  }
}
