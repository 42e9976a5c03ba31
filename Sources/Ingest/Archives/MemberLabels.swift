import Records

/// The names that members of a file's archives have in record ids: no two are equal, however deep.
///
/// A member is called by its path. Where that name is given already, to a member of the same path or
/// to one whose own path looks like it, its number among the members follows. 8 bytes a member.
final class MemberLabels {
  /// Hashes of the names given, and of those kept for members to come.
  private var given: Set<UInt64> = []

  /// Keeps the name of a member's own path for it; false where another has that name.
  func claim(_ path: String, in archive: String) -> Bool {
    !MemberPath.isLong(path) && given.insert(StableHash.hash("\(archive)/\(path)")).inserted
  }

  /// A name for a member that cannot have its own path.
  func label(_ path: String, number: Int, in archive: String) -> String {
    var label = MemberPath.isLong(path) ? "\(String(path.unicodeScalars.prefix(100)))…" : path
    repeat {
      label += "#member-\(number)"
    } while !given
      .insert(StableHash.hash("\(archive)/\(label)")).inserted
    return label
  }
}
