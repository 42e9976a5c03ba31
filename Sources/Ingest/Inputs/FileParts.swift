import Records
import Stages

/// A file of data to read: a file itself, or a member of an archive, under its name in record ids.
struct FilePart {
  /// What is known of its content.
  enum Content {
    /// Its bytes, without compression.
    case bytes(PeekedBytes)
    /// Why it cannot be read.
    case fault(StageError)
    /// Why there is nothing to read.
    case skipped(Reason)
  }

  /// The file; a member's name is `archive.tar.gz/inner/a.jsonl`, and its path is empty.
  let file: InputFile
  let content: Content
  /// Whether it is a member of an archive.
  let isMember: Bool
}

/// Opens files: unpacks what is compressed, and walks what is an archive, whatever its name.
struct FileParts {
  /// Patterns that members of archives must match; none where all are read.
  let members: [String]
  /// The most bytes of a window of zstd.
  private let window: Int
  private let labels = MemberLabels()
  private let meter: InputMeter?
  private let visit: (FilePart) throws -> Void

  /// An archive within an archive within a file is read, and nothing deeper.
  private static let deepest = 2

  /// Calls `visit` with the files of data that a file holds, in their order.
  ///
  /// - Parameter meter: Told of what is read from one end to the other.
  /// - Throws: What `visit` throws, and `StageError` for a fault of the file or archive itself.
  static func forEach(
    of file: InputFile, members: [String], window: Int, meter: InputMeter? = nil,
    _ visit: (FilePart) throws -> Void
  ) throws {
    try withoutActuallyEscaping(visit) { visit in
      let parts = FileParts(members: members, window: window, meter: meter, visit: visit)
      let bytes = CountedBytes(try FileBytes(file), within: nil, meter: meter)
      try parts.walk(file, bytes, depth: 0)
    }
  }

  private init(
    members: [String], window: Int, meter: InputMeter?, visit: @escaping (FilePart) throws -> Void
  ) {
    self.members = members
    self.window = window
    self.meter = meter
    self.visit = visit
  }

  private func walk(_ file: InputFile, _ stream: CountedBytes, depth: Int) throws {
    let raw = PeekedBytes(stream, from: stream)
    let isPacked = Compression.detect(try raw.peek()) != nil
    let bytes = try Compression.unpacked(raw, name: file.name, window: window)
    var file = file
    file.isPlain = depth == 0 && !isPacked && file.path != InputFile.standardInput
    let head = try bytes.peek()
    let isZip = head.starts(with: ZipArchive.magic) || head.starts(with: ZipArchive.emptyMagic)
    guard isZip || TarHeader.begins(head) else {
      return try visit(FilePart(file: file, content: .bytes(bytes), isMember: depth > 0))
    }
    guard depth < Self.deepest else { throw tooDeep(file) }
    if isZip {
      // What is on the disk by now was limited as it came there, so its members' sizes count anew.
      try walkZip(
        file,
        file.isPlain
          ? try RandomFile(path: file.path, name: file.name)
          : try RandomFile(keeping: bytes, name: file.name), depth)
    } else {
      try walkTar(file, bytes, depth)
    }
  }

  // MARK: - Archives

  private func walkZip(_ file: InputFile, _ bytes: RandomFile, _ depth: Int) throws {
    let archive = try ZipArchive(bytes, name: file.name, labels: labels)
    if Self.isDocument(archive) {
      let stream = PeekedBytes(RegionBytes(bytes, 0..<bytes.count))
      return try visit(FilePart(file: file, content: .bytes(stream), isMember: depth > 0))
    }
    for member in archive.members where !member.isFolder {
      let part = InputFile(path: "", name: "\(file.name)/\(member.label)")
      try visitMember(part, member.name, depth, fault: member.fault) {
        // Members stand in the archive one behind the other, so what is read of them is read of it.
        CountedBytes(try archive.open(member, meter: depth == 0 ? meter : nil), within: nil)
      }
    }
  }

  private func walkTar(_ file: InputFile, _ bytes: PeekedBytes, _ depth: Int) throws {
    let archive = TarArchive(bytes, name: file.name, labels: labels)
    while let member = try archive.next() {
      if member.kind == .folder { continue }
      let part = InputFile(path: "", name: "\(file.name)/\(member.label)")
      try visitMember(part, member.path, depth, fault: member.fault) {
        switch member.kind {
        case .link: try skip(part, Reason("archive-link"))
        case .device: try skip(part, Reason("archive-device"))
        case .file, .folder, .sparse: return CountedBytes(member.content, within: bytes.origin)
        }
        return nil
      }
    }
  }

  /// Goes through one member; what is wrong with it is its own fault, not the archive's.
  private func visitMember(
    _ part: InputFile, _ path: String, _ depth: Int, fault: StageError?,
    _ open: () throws -> CountedBytes?
  ) throws {
    guard isWanted(path) else { return }
    if Self.isSystemFile(path) { return try skip(part, Reason("system-file")) }
    // Faults of the receiver are none of the archive and pass through as they are.
    func refuse(_ fault: StageError) throws {
      try visit(FilePart(file: part, content: .fault(fault), isMember: true))
    }
    if let fault { return try refuse(fault) }
    let stream: CountedBytes?
    do { stream = try open() } catch let fault as StageError { return try refuse(fault) }
    guard let stream else { return }
    do { try walk(part, stream, depth: depth + 1) } catch let fault as StageError {
      try refuse(fault)
    }
  }

  private func skip(_ part: InputFile, _ reason: Reason) throws {
    try visit(FilePart(file: part, content: .skipped(reason), isMember: true))
  }

  /// Whether a member's path, or its name alone, matches one of the patterns.
  private func isWanted(_ path: String) -> Bool {
    members.isEmpty
      || members.contains { Glob.matches(path, $0) || Glob.matches(FilePaths.name(path), $0) }
  }

  /// Whether a member is what macOS adds to archives for itself.
  private static func isSystemFile(_ path: String) -> Bool {
    let name = FilePaths.name(path)
    return name.hasPrefix("._") || name == ".DS_Store" || path.hasPrefix("__MACOSX/")
  }

  /// Whether a zip is one document, such as DOCX, EPUB or ODT, rather than a folder of files.
  private static func isDocument(_ archive: ZipArchive) -> Bool {
    archive["[Content_Types].xml"] != nil || archive["META-INF/container.xml"] != nil
      || archive.members.first?.name == "mimetype"
  }

  private func tooDeep(_ file: InputFile) -> StageError {
    StageError(
      "nested-archive", "archives stand within archives more than \(Self.deepest) deep",
      source: Source(file: file.name, line: 0), remedy: "unpack the outer ones first")
  }
}
