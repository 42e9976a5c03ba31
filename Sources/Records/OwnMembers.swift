/// What Anneal adds to a record, by the name of its part.
enum OwnMember {
  case id
  case schema
  /// The form that the record is written in, where its schema's own cannot hold it.
  case form
  case source
  case parent
  case augmentedBy
  case side
}

/// The order in which `Record.writeProvenance` writes these members, for all that read them.
extension RecordLineReader {
  /// Reads the beginning of Anneal's member: what the record is called and how it is written.
  /// - Parameter read: Reads or passes over the value of a member; false where it cannot.
  @inline(__always)
  mutating func readOwnForm(
    _ read: (OwnMember, inout RecordLineReader) -> Bool
  ) -> Bool {
    readOwn("{\"id\":", .id, read) && readOwn(",\"schema\":", .schema, read)
      && readOwn(ifThere: ",\"form\":", .form, read)
  }

  /// Reads Anneal's member up to the metadata in it, or its end.
  @inline(__always)
  mutating func readOwn(_ read: (OwnMember, inout RecordLineReader) -> Bool) -> Bool {
    readOwnForm(read) && readOwn(",\"source\":", .source, read)
      && readOwn(ifThere: ",\"parent\":", .parent, read)
      && readOwn(ifThere: ",\"augmented_by\":", .augmentedBy, read)
      && readOwn(ifThere: ",\"side\":", .side, read)
  }

  @inline(__always)
  private mutating func readOwn(
    _ key: StaticString, _ member: OwnMember, _ read: (OwnMember, inout RecordLineReader) -> Bool
  ) -> Bool {
    take(key) && read(member, &self)
  }

  @inline(__always)
  private mutating func readOwn(
    ifThere key: StaticString, _ member: OwnMember,
    _ read: (OwnMember, inout RecordLineReader) -> Bool
  ) -> Bool {
    !take(key) || read(member, &self)
  }
}
