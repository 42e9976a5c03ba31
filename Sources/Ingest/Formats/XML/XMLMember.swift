import Records
import Stages

/// A document of XML that lies in an archive, read through without building a tree.
final class XMLMember {
  private let archive: ZipArchive
  private let name: String

  /// The members of an archive that messages call `name`.
  init(_ archive: ZipArchive, name: String) {
    self.archive = archive
    self.name = name
  }

  /// The bytes of a member; nil where there is none of this path.
  func bytes(_ path: String) throws(StageError) -> [UInt8]? {
    guard let member = archive[path] else { return nil }
    return try archive.read(member)
  }

  /// The elements of a path in a member, one at a time; none where there is no such member.
  func forEach(
    _ path: ElementPath, in member: String, _ visit: (XMLElement) throws -> Void
  ) throws {
    guard let entry = archive[member] else { return }
    let records = XMLRecords(
      try archive.open(entry), name: "\(name)/\(member)", path: path)
    try records.forEach(encoding: nil) { _, element in try visit(element) }
  }
}
