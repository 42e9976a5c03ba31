import Records
import Stages
import TextKit

/// Reads the directory at the end of a zip archive and judges each member.
struct ZipDirectory {
  private let bytes: RandomFile
  private let name: String
  private let limits: ZipLimits

  private static let endSize = 22
  private static let locatorSize = 20
  private static let end64Size = 56
  private static let entrySize = 46
  private static let entryMagic: [UInt8] = [0x50, 0x4B, 0x01, 0x02]
  private static let locatorMagic: [UInt8] = [0x50, 0x4B, 0x06, 0x07]
  private static let end64Magic: [UInt8] = [0x50, 0x4B, 0x06, 0x06]
  /// What a 32-bit field holds where the value stands in a zip64 field.
  private static let elsewhere = 0xFFFF_FFFF

  init(_ bytes: RandomFile, name: String, limits: ZipLimits) {
    self.bytes = bytes
    self.name = name
    self.limits = limits
  }

  /// Where the directory is and how many members it lists.
  private struct Extent {
    var offset: Int
    var size: Int
    var count: Int
    /// Where the records of the end begin, behind the directory.
    var end: Int
    /// Bytes before the archive, such as a program that unpacks it.
    var shift: Int { end - size - offset }
  }

  /// The members, each with a name of `labels`; those paths that are met first keep theirs.
  func members(_ labels: MemberLabels) throws(StageError) -> [ZipMember] {
    let extent = try extent()
    guard extent.count <= limits.members, extent.size <= limits.directory else {
      throw StageError(
        "zip-bomb",
        "the archive lists \(extent.count) members in \(extent.size) bytes, more than are read",
        source: Source(file: name, line: 0),
        remedy: "unpack it yourself if you trust it, and name the files")
    }
    guard extent.offset >= 0, extent.size >= 0, extent.shift >= 0 else {
      throw fault("the directory lies outside the archive")
    }
    let raw = try bytes.read(extent.size, at: extent.offset + extent.shift)
    guard raw.count == extent.size else { throw fault("the directory is cut short") }
    var listed: [Listed] = []
    var rest = raw[...]
    var seen: Set<[UInt8]> = []
    for _ in 0..<extent.count {
      let (member, flags) = try entry(&rest, shift: extent.shift)
      let isTwin = !seen.insert(Array(member.name.utf8)).inserted
      let hasLabel = !isTwin && labels.claim(member.name, in: name)
      listed.append(Listed(member: member, flags: flags, isTwin: isTwin, hasLabel: hasLabel))
    }
    guard rest.isEmpty else { throw fault("the directory is longer than its members") }
    try refuseOverlaps(listed.map(\.member), before: extent.offset + extent.shift)
    return listed.enumerated().map { index, one in
      var one = one
      if !one.hasLabel {
        one.member.label = labels.label(one.member.name, number: index + 1, in: name)
      }
      return judged(one)
    }
  }

  /// A member as the directory lists it.
  private struct Listed {
    var member: ZipMember
    let flags: Int
    /// Whether one of this path came before.
    let isTwin: Bool
    /// Whether its path is its name in record ids.
    let hasLabel: Bool
  }

  // MARK: - The end of the archive

  private func extent() throws(StageError) -> Extent {
    // The record at the end may have a comment of up to 65,535 bytes behind it.
    let tailSize = min(bytes.count, Self.endSize + 0xFFFF)
    let tailStart = bytes.count - tailSize
    let tail = try bytes.read(tailSize, at: tailStart)
    guard let place = Self.endRecord(in: tail) else {
      throw fault(
        "the archive has no directory at its end, so it was cut short or is none",
        code: "truncated-zip")
    }
    let end = LittleEndian(tail[place...])
    let here = tailStart + place
    let extent = Extent(
      offset: end.word(16), size: end.word(12), count: end.short(10), end: here)
    guard end.short(4) == 0 || end.short(4) == 0xFFFF else {
      throw fault("the archive is one of several volumes, which are not read")
    }
    // Archives written to a pipe have these records though all fits into 32 bits.
    return try extent64(before: here) ?? extent
  }

  private static func endRecord(in tail: [UInt8]) -> Int? {
    guard tail.count >= endSize else { return nil }
    return (0...tail.count - endSize).reversed().first { place in
      tail[place...].starts(with: ZipArchive.emptyMagic)
        && place + endSize + LittleEndian(tail[place...]).short(20) == tail.count
    }
  }

  /// The extent that the zip64 records tell; nil where there are none.
  private func extent64(before end: Int) throws(StageError) -> Extent? {
    let locator = try bytes.read(Self.locatorSize, at: end - Self.locatorSize)
    guard locator.count == Self.locatorSize, locator.starts(with: Self.locatorMagic) else {
      return nil
    }
    let tooLarge = fault("a zip64 size is too large")
    guard var place = LittleEndian(locator).long(8) else { throw tooLarge }
    var raw = try bytes.read(Self.end64Size, at: place)
    if !raw.starts(with: Self.end64Magic) {
      // Behind bytes before the archive it is not where the locator says, yet right before that.
      place = end - Self.locatorSize - Self.end64Size
      raw = try bytes.read(Self.end64Size, at: place)
    }
    guard raw.count == Self.end64Size, raw.starts(with: Self.end64Magic) else {
      throw fault("the zip64 directory is not where the archive says")
    }
    let record = LittleEndian(raw)
    guard let count = record.long(32), let size = record.long(40), let offset = record.long(48)
    else { throw tooLarge }
    guard size <= place, offset <= place else {
      throw fault("the directory lies outside the archive")
    }
    return Extent(offset: offset, size: size, count: count, end: place)
  }

  // MARK: - Members

  /// The next member as the directory has it, and its flags.
  private func entry(
    _ rest: inout ArraySlice<UInt8>, shift: Int
  ) throws(StageError) -> (ZipMember, flags: Int) {
    guard rest.count >= Self.entrySize, rest.starts(with: Self.entryMagic) else {
      throw fault("the directory is damaged")
    }
    let head = LittleEndian(rest)
    let (nameLength, extraLength) = (head.short(28), head.short(30))
    let whole = Self.entrySize + nameLength + extraLength + head.short(32)
    guard rest.count >= whole else { throw fault("the directory is damaged") }
    let rawName = Array(rest.dropFirst(Self.entrySize).prefix(nameLength))
    let extra = rest.dropFirst(Self.entrySize + nameLength).prefix(extraLength)
    var sizes = [head.word(24), head.word(20), head.word(42)]
    try Self.takeZip64(extra, &sizes, orThrow: fault("a zip64 size is too large"))
    rest = rest.dropFirst(whole)
    let name = Self.text(rawName)
    let member = ZipMember(
      name: name, label: name, size: sizes[0], compressedSize: sizes[1],
      checksum: UInt32(truncatingIfNeeded: head.word(16)), method: head.short(10),
      offset: sizes[2] + shift, rawName: rawName)
    return (member, head.short(8))
  }

  /// Replaces the sizes that did not fit into 32 bits by those of the extra field 1.
  private static func takeZip64(
    _ extra: ArraySlice<UInt8>, _ sizes: inout [Int], orThrow fault: StageError
  ) throws(StageError) {
    var rest = extra
    while rest.count >= 4 {
      let head = LittleEndian(rest)
      let length = head.short(2)
      var field = rest.dropFirst(4).prefix(length)
      rest = rest.dropFirst(4 + length)
      guard head.short(0) == 1 else { continue }
      for index in sizes.indices where sizes[index] == elsewhere && field.count >= 8 {
        // Half of the range is left, so that sums cannot overflow.
        guard let size = LittleEndian(field).long(0), size < Int.max / 4 else { throw fault }
        sizes[index] = size
        field = field.dropFirst(8)
      }
    }
  }

  /// UTF-8 where the name is that; else the code page of the first archives.
  private static func text(_ raw: [UInt8]) -> String {
    if let text = String(validating: raw, as: UTF8.self) { return text }
    let decoded = try? TextDecoder("ibm437")?.decode(raw, atEnd: true)
    return String(decoding: decoded ?? raw, as: UTF8.self)
  }

  /// The member with its fault if there is one.
  private func judged(_ listed: Listed) -> ZipMember {
    var member = listed.member
    let place = Source(file: "\(name)/\(member.label)", line: 0)
    if let reason = MemberPath.fault(member.name) {
      member.fault = .unsafePath(reason, place)
    } else if listed.flags & 0x2001 != 0 {
      member.fault = StageError(
        "encrypted-member", "the member is encrypted", source: place,
        remedy: "unpack the archive with its password first")
    } else if limits.areExceeded(by: member.size, packed: member.compressedSize) {
      member.fault = .bomb(
        "the member says it is \(member.size) bytes", member.size, member.compressedSize, place.file
      )
    } else if listed.isTwin {
      member.fault = .twin(place)
    }
    return member
  }

  private func refuseOverlaps(_ members: [ZipMember], before end: Int) throws(StageError) {
    var next = end
    for member in members.sorted(by: { $0.offset > $1.offset }) {
      let least = ZipMember.headerSize + member.rawName.count
      guard member.offset >= 0, member.offset + least + member.compressedSize <= next else {
        throw StageError(
          "zip-bomb", "the member '\(member.name)' overlaps another or the directory",
          source: Source(file: name, line: 0), remedy: "write the archive again")
      }
      next = member.offset
    }
  }

  private func fault(_ message: String, code: String = "corrupt-zip") -> StageError {
    StageError(
      code, message, source: Source(file: name, line: 0),
      remedy: "fetch or write the archive again")
  }
}
