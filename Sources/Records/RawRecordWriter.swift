/// Writes records straight from the JSON they are read from: one object of texts, numbers, booleans and
/// nulls, in a form that has one key for each of its texts.
///
/// The line is that of `Record.write` for the record that reading the object would make. Whatever is
/// spelled otherwise, or at fault, is left to the parser. Records of a file mostly have the same keys, so
/// that what they are is told once for one after the other.
package struct RawRecordWriter {
  private let known: Schema?
  private var members: [RawMembers.Member] = []
  /// Of the last object.
  private var layout: RawLayout?

  /// - Parameter schema: The form, or nil to tell it from the keys.
  package init(as schema: Schema?) { known = schema }

  /// Appends the JSON of the record that an object is.
  /// - Returns: False where the object must be parsed to know; the buffer is as it was then.
  package mutating func write(
    _ json: UnsafeBufferPointer<UInt8>, at source: Source, to buffer: inout [UInt8]
  ) -> Bool {
    guard RawMembers.read(json, to: &members), json.isUTF8, let layout = layout(of: json) else {
      return false
    }
    let start = buffer.count
    if write(json, layout, at: source, to: &buffer) { return true }
    buffer.removeSubrange(start...)
    return false
  }

  private mutating func layout(of json: UnsafeBufferPointer<UInt8>) -> RawLayout? {
    if let layout, layout.fits(members, of: json) { return layout }
    layout = RawLayout(members, of: json, as: known)
    return layout
  }

  private func write(
    _ json: UnsafeBufferPointer<UInt8>, _ layout: RawLayout, at source: Source,
    to buffer: inout [UInt8]
  ) -> Bool {
    buffer.append(UInt8(ascii: "{"))
    for index in layout.texts where !write(members[index], of: json, to: &buffer) { return false }
    if let label = layout.label, !write(members[label], of: json, to: &buffer) { return false }
    for index in layout.metadata where !write(members[index], of: json, to: &buffer) {
      return false
    }
    Record.writeProvenance(ofNew: source, layout.schema, to: &buffer)
    buffer.append(UInt8(ascii: "}"))
    return true
  }

  /// Appends a member and the comma behind it; false where its string is at fault.
  private func write(
    _ member: RawMembers.Member, of json: UnsafeBufferPointer<UInt8>, to buffer: inout [UInt8]
  ) -> Bool {
    buffer.append(contentsOf: UnsafeBufferPointer(rebasing: json[member.key]))
    buffer.append(UInt8(ascii: ":"))
    if member.kind == .escaped {
      var parser = JSONParser(bytes: json, from: member.value.lowerBound)
      guard let value = try? parser.next(), parser.position == member.value.upperBound else {
        return false
      }
      value.write(to: &buffer)
    } else {
      buffer.append(contentsOf: UnsafeBufferPointer(rebasing: json[member.value]))
    }
    buffer.append(UInt8(ascii: ","))
    return true
  }
}
