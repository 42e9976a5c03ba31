import Records
import Stages

/// The files of a tar archive, one after the other, as the stream has them.
///
/// Reads ustar, pax and GNU's long names and sizes. Memory holds one header and a chunk.
/// Source: POSIX.1-2017, pax; the GNU tar manual, "Basic Tar Format".
final class TarArchive {
  private let name: String
  private let stream: TarBlocks
  private let labels: MemberLabels
  private var global = PaxHeader()
  private var content: TarContent?
  private var isEnded = false
  /// Hashes of the names met; 8 bytes a member.
  private var seen: Set<UInt64> = []
  /// How many members there were, folders among them.
  private var members = 0

  /// Reads an archive that messages call `name`; `labels` holds the names given in what it is part of.
  init(_ stream: any ByteStream, name: String, labels: MemberLabels = MemberLabels()) {
    self.name = name
    self.labels = labels
    self.stream = TarBlocks(stream, name: name)
  }

  /// The next member; nil at the end of the archive.
  ///
  /// What is left of the one before is passed over. Where that one's reader was told that the archive
  /// is cut short or damaged, the archive ends without telling it again.
  /// - Throws: `corrupt-tar`, `truncated-tar`.
  func next() throws(StageError) -> TarMember? {
    if content?.hasFailed == true { return nil }
    try content?.skipRest()
    content = nil
    var own = global
    while let header = try nextHeader() {
      switch header.kind {
      case UInt8(ascii: "x"): try own.read(try payload(of: header), name)
      case UInt8(ascii: "g"):
        try global.read(try payload(of: header), name)
        own = global
      case UInt8(ascii: "L"): own.path = Self.text(try payload(of: header).prefix { $0 != 0 })
      case UInt8(ascii: "K"), UInt8(ascii: "V"): _ = try payload(of: header)
      default: return try member(header, own)
      }
    }
    return nil
  }

  private func nextHeader() throws(StageError) -> TarHeader? {
    while let block = try stream.block() {
      // Blocks of zeros end an archive, and stand between archives that were joined.
      if block.allSatisfy({ $0 == 0 }) {
        isEnded = true
        continue
      }
      guard let header = TarHeader(block) else {
        throw StageError(
          "corrupt-tar", "there is no member at byte \(stream.count - block.count) of the archive",
          source: Source(file: name, line: 0), remedy: "fetch or write the archive again")
      }
      isEnded = false
      return header
    }
    guard isEnded else { throw stream.truncated }
    return nil
  }

  /// The content of a header that says more about the member behind it.
  private func payload(of header: TarHeader) throws(StageError) -> [UInt8] {
    guard header.size <= PaxHeader.largest else {
      throw StageError(
        "corrupt-tar", "a header of the archive has \(header.size) bytes",
        source: Source(file: name, line: 0), remedy: "write the archive again")
    }
    return try TarContent(stream, header.size).readAll(atMost: PaxHeader.largest, of: name)
  }

  private func member(_ header: TarHeader, _ more: PaxHeader) throws(StageError) -> TarMember {
    let path = Self.withoutDots(more.path ?? header.path)
    let size = header.holdsContent ? more.size ?? header.size : 0
    if header.hasMoreHoles { try passHoles() }
    let content = TarContent(stream, size)
    self.content = content
    members += 1
    let kind = TarMember.Kind(header, isSparse: more.isSparse, path: path)
    var member = TarMember(path: path, label: path, size: size, kind: kind, content: content)
    guard kind != .folder else { return member }
    let isTwin = !seen.insert(StableHash.hash(path)).inserted
    if isTwin || !labels.claim(path, in: name) {
      member.label = labels.label(path, number: members, in: name)
    }
    member.fault = fault(of: member, isTwin: isTwin)
    return member
  }

  /// Passes over the blocks in which GNU tar tells of holes that its header has no room for.
  private func passHoles() throws(StageError) {
    while true {
      guard let block = try stream.block() else { throw stream.truncated }
      if block[504] == 0 { return }
    }
  }

  /// The path without `./` before it.
  private static func withoutDots(_ path: String) -> String {
    var rest = path.utf8[...]
    while rest.starts(with: "./".utf8) { rest = rest.dropFirst(2) }
    return String(Substring(rest))
  }

  private func fault(of member: TarMember, isTwin: Bool) -> StageError? {
    let place = Source(file: "\(name)/\(member.label)", line: 0)
    if let reason = MemberPath.fault(member.path) { return .unsafePath(reason, place) }
    if member.kind == .sparse {
      return StageError(
        "unsupported-format", "the member is a file with holes, which is not read", source: place,
        remedy: "write the archive again without --sparse")
    }
    return isTwin ? .twin(place) : nil
  }

  /// The text of a name, which may be in no encoding at all.
  static func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}

/// One member of a tar archive.
struct TarMember {
  /// What a member is.
  enum Kind {
    case file, folder, link, device, sparse

    init(_ header: TarHeader, isSparse: Bool, path: String) {
      switch header.kind {
      case UInt8(ascii: "5"), UInt8(ascii: "D"): self = .folder
      case UInt8(ascii: "1"), UInt8(ascii: "2"): self = .link
      case UInt8(ascii: "3"), UInt8(ascii: "4"), UInt8(ascii: "6"): self = .device
      case UInt8(ascii: "S"), UInt8(ascii: "M"): self = .sparse
      default: self = isSparse ? .sparse : path.hasSuffix("/") ? .folder : .file
      }
    }
  }

  /// Its path within the archive.
  let path: String
  /// What stands for it in record ids and messages: see `MemberLabels`.
  var label: String
  /// Its bytes.
  let size: Int
  /// What it is.
  let kind: Kind
  /// Its bytes, until the next member is asked for.
  let content: any ByteStream
  /// Why it must not be read.
  var fault: StageError?
}

/// What pax headers say about a member in place of its own header.
struct PaxHeader {
  /// The most bytes of one header.
  static let largest = 1 << 20

  var path: String?
  var size: Int?
  var isSparse = false

  /// Takes records of the form `LENGTH KEY=VALUE\n`.
  mutating func read(_ bytes: [UInt8], _ name: String) throws(StageError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
        let length = Int(TarArchive.text(rest[..<space])), length <= rest.count,
        length > space - rest.startIndex + 1
      else {
        // Zeros may pad the end.
        if rest.allSatisfy({ $0 == 0 }) { return }
        throw StageError(
          "corrupt-tar", "a pax header of the archive is damaged",
          source: Source(file: name, line: 0), remedy: "fetch or write the archive again")
      }
      let record = rest[(space + 1)..<(rest.startIndex + length)]
      take(record.last == 0x0A ? record.dropLast() : record)
      rest = rest.dropFirst(length)
    }
  }

  private mutating func take(_ record: ArraySlice<UInt8>) {
    guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { return }
    let key = TarArchive.text(record[..<equals])
    let value = TarArchive.text(record[(equals + 1)...])
    switch key {
    case "path": path = value
    case "size": size = Int(value).flatMap { $0 >= 0 ? $0 : nil }
    case _ where key.hasPrefix("GNU.sparse."): isSparse = true
    default: break
    }
  }
}
