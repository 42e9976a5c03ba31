import Records

/// How a record of the ledger came to be.
enum RecordOrigin {
  /// It was read, and is what stood there.
  case read
  /// It was read, and repeats text of other records of a file.
  case window(file: String)
  /// A stage made it from another record; the stage is known where it augments.
  case made(parent: String, stage: String?)

  /// The origin that a line of the ledger tells.
  ///
  /// A child's id is its parent's with a name behind it; a window's parent is the file.
  init(_ line: JSONObject) {
    guard let parent = line["parent"]?.string else {
      self = .read
      return
    }
    let isChild = line["id"]?.string?.utf8.starts(with: "\(parent)/".utf8) == true
    let stage = line["augmented_by"]?.string
    self = isChild || stage != nil ? .made(parent: parent, stage: stage) : .window(file: parent)
  }
}
