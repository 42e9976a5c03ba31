import Records
import Stages
import TextKit

/// What the checker looks at of a record, read by code that knows nothing of families.
struct SeenRecord: Sendable {
  let id: String
  let side: Side?
  let isOriginal: Bool
  /// Hashes of the words it asks with, its id, its parent's, its group's name and all it holds.
  let text, own, contents: UInt128
  let parent, group: UInt128?
  let groupName: String?
  let label: String?
  let moment: Moment?
  /// What lists call it.
  let name: UInt128?

  /// What a certificate speaks of.
  struct Fields: Sendable {
    let group: Selector?
    let strata: Strata?
    let time: Selector?
    let hasLists: Bool
    let idField: Selector?

    init(_ certificate: SplitCertificate) {
      group = certificate.group.flatMap { Selector($0) }
      strata = certificate.stratify.flatMap { Strata($0) }
      time = certificate.time.flatMap { Selector($0.field) }
      hasLists = !certificate.given.isEmpty
      idField = certificate.idField.flatMap { Selector($0) }
    }
  }

  init(_ record: Record, _ fields: Fields) {
    id = record.id
    side = record.side
    isOriginal = record.augmentedBy == nil
    let form = ComparableText.form(ofInputsOf: record)
    text = ContentHash.short("text " + ComparableText.words(ofForm: form))
    own = ContentHash.short("id " + record.id)
    contents = record.contentsHash
    parent = record.parent.map { ContentHash.short("id " + $0) }
    groupName = fields.group.flatMap { record.value(of: $0) }
    group = groupName.map { ContentHash.short("group " + $0) }
    label = fields.strata.map { $0.name(of: record) } ?? record.label?.name
    moment = fields.time.flatMap { record.value(of: $0) }.flatMap { Moment($0) }
    name = fields.hasLists ? record.name(by: fields.idField).map { ContentHash.short($0) } : nil
  }
}
