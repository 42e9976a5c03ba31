import Records
import Stages

/// A zip archive: its members by name, unpacked as streams and never to disk.
///
/// Nothing the archive says is trusted: encrypted members, paths that leave the archive, second
/// members of one name and bombs are refused by name; members that overlap refuse the whole archive;
/// sizes and checksums are compared with what was unpacked.
/// Source: PKWARE's APPNOTE 6.3.10.
final class ZipArchive {
  /// The bytes a zip archive begins with where it has members.
  static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]
  /// The bytes an archive without members begins with.
  static let emptyMagic: [UInt8] = [0x50, 0x4B, 0x05, 0x06]

  /// The members in the order of the directory, folders among them.
  let members: [ZipMember]
  private let bytes: RandomFile
  private let name: String

  /// Reads the directory of an archive, which messages call `name`; `labels` holds the names given in
  /// what it is part of.
  /// - Throws: `corrupt-zip`, `truncated-zip`, `zip-bomb`.
  init(
    _ bytes: RandomFile, name: String, limits: ZipLimits = ZipLimits(),
    labels: MemberLabels = MemberLabels()
  ) throws(StageError) {
    self.bytes = bytes
    self.name = name
    members = try ZipDirectory(bytes, name: name, limits: limits).members(labels)
  }

  /// Reads the directory of an archive on disk.
  convenience init(
    path: String, name: String, limits: ZipLimits = ZipLimits()
  ) throws(StageError) {
    try self.init(try RandomFile(path: path, name: name), name: name, limits: limits)
  }

  /// The member of a path; nil where there is none.
  subscript(path: String) -> ZipMember? { members.first { $0.name == path } }

  /// The bytes of a member as they are unpacked; the last call of `next` checks size and checksum.
  /// - Throws: `encrypted-member`, `unsafe-path`, `zip-bomb`, `unsupported-compression`, `corrupt-zip`.
  /// - Parameter meter: Told of the packed bytes that are read.
  func open(
    _ member: ZipMember, meter: InputMeter? = nil
  ) throws(StageError) -> any ByteStream {
    if let fault = member.fault { throw fault }
    let start = try dataStart(of: member)
    let packed = RegionBytes(bytes, start..<start + member.compressedSize)
    return try ZipMemberBytes(
      CountedBytes(packed, within: nil, meter: meter), member: member, place: place(of: member))
  }

  /// All bytes of a member.
  /// - Throws: what `open` and the unpacking throw, and `too-large` past `limit`.
  func read(_ member: ZipMember, atMost limit: Int = StageError.largestRecord) throws(StageError)
    -> [UInt8]
  {
    guard member.size <= limit else { throw .tooLarge(place(of: member), limit: limit) }
    return try open(member).readAll(atMost: limit, of: place(of: member).file)
  }

  private func place(of member: ZipMember) -> Source {
    Source(file: "\(name)/\(member.label)", line: 0)
  }

  /// The place of the packed bytes, behind the member's own header, which must agree on its name.
  private func dataStart(of member: ZipMember) throws(StageError) -> Int {
    let raw = try bytes.read(ZipMember.headerSize, at: member.offset)
    guard raw.count == ZipMember.headerSize, raw.starts(with: Self.magic) else {
      throw fault("the directory points to no member", member)
    }
    let header = LittleEndian(raw)
    let nameLength = header.short(26)
    let own = try bytes.read(nameLength, at: member.offset + raw.count)
    guard own == member.rawName else {
      throw fault("the member's header has another name than the directory", member)
    }
    let start = member.offset + raw.count + nameLength + header.short(28)
    guard start + member.compressedSize <= bytes.count else {
      throw fault("the archive ends within the member", member, code: "truncated-zip")
    }
    return start
  }

  private func fault(_ message: String, _ member: ZipMember, code: String = "corrupt-zip")
    -> StageError
  {
    StageError(code, message, source: place(of: member), remedy: "fetch or write the archive again")
  }
}

extension ZipMember {
  /// The bytes of a member's own header, before its name.
  static let headerSize = 30
}

/// A part of what can be read at any place, as a stream.
final class RegionBytes: ByteStream {
  private let bytes: RandomFile
  private var place: Int
  private let end: Int
  private static let chunk = 1 << 18

  init(_ bytes: RandomFile, _ range: Range<Int>) {
    self.bytes = bytes
    place = range.lowerBound
    end = range.upperBound
  }

  func next() throws(StageError) -> [UInt8] {
    let chunk = try bytes.read(min(Self.chunk, end - place), at: place)
    place += chunk.count
    return chunk
  }
}
