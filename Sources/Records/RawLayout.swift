/// Which members of an object are what, in a form that has one key for each of its texts: the same for all
/// objects with these keys and kinds of values.
struct RawLayout {
  /// The form that the keys tell.
  let schema: Schema
  /// The places of the texts among the members, in the order a record has them.
  private(set) var texts: [Int] = []
  /// The place of the label.
  private(set) var label: Int?
  /// The places of all others.
  private(set) var metadata: [Int] = []
  /// The keys in quotes, and what their values are.
  private let outline: [(key: [UInt8], kind: RawMembers.Kind)]

  /// The layout of an object; nil where its record must be made to know.
  /// - Parameter known: The form, or nil to tell it from the keys.
  init?(_ members: [RawMembers.Member], of json: UnsafeBufferPointer<UInt8>, as known: Schema?) {
    let named = members.map { member in
      let name = json[member.key.lowerBound + 1..<member.key.upperBound - 1]
      return JSONObject.Member(
        key: String(decoding: UnsafeBufferPointer(rebasing: name), as: UTF8.self),
        value: member.kind.outline)
    }
    guard Self.areKeysDistinct(named), let schema = known ?? Self.schema(of: named) else {
      return nil
    }
    self.schema = schema
    outline = members.map { (Array(json[$0.key]), $0.kind) }
    guard sort(named) else { return nil }
  }

  /// Whether another object has the same keys, and values of the same kinds.
  func fits(_ members: [RawMembers.Member], of json: UnsafeBufferPointer<UInt8>) -> Bool {
    guard members.count == outline.count else { return false }
    return members.indices.allSatisfy { index in
      let (member, known) = (members[index], outline[index])
      return member.kind.isLike(known.kind)
        && known.key.withUnsafeBufferPointer {
          $0.hasSameBytes(as: UnsafeBufferPointer(rebasing: json[member.key]))
        }
    }
  }

  /// Finds what each member is; false where the record must be made.
  private mutating func sort(_ members: [JSONObject.Member]) -> Bool {
    guard let keys = schema.textKeys else { return false }
    var (first, input, output): (Int?, Int?, Int?)
    for (index, member) in members.enumerated() {
      if member.key.hasSameBytes(as: keys.first) {
        first = index
      } else if keys.input.hasSameBytes(as: member.key) {
        input = index
      } else if keys.output.hasSameBytes(as: member.key) {
        output = index
      } else if member.key.hasSameBytes(as: schema.labelKey) {
        label = index
      } else if member.key.hasSameBytes(as: Record.reservedKey) || schema.reads(member) {
        return false
      } else {
        metadata.append(index)
      }
    }
    guard let first, (output != nil) == (keys.output != nil) else { return false }
    texts = [first, input, output].compactMap { $0 }
    return texts.allSatisfy { members[$0].value.string != nil }
      && label.map { !members[$0].value.isNull } ?? true
  }

  private static func areKeysDistinct(_ members: [JSONObject.Member]) -> Bool {
    members.indices.allSatisfy { index in
      !members[..<index].contains { $0.key.hasSameBytes(as: members[index].key) }
    }
  }

  /// The form that the keys tell; nil where they tell none, or two.
  private static func schema(of outline: [JSONObject.Member]) -> Schema? {
    let (schema, rivals) = Schema.choice(for: JSONObject(unique: outline))
    return rivals.isEmpty ? schema : nil
  }
}
