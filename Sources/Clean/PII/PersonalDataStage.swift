import Records
import Stages
import TextKit

/// `clean.pii`: personal data and secrets are masked, or get pseudonyms.
struct PersonalDataStage: RecordStage {
  /// What stands for what was found.
  enum Replacement: String, ChoiceValue {
    /// `[EMAIL]`.
    case mask
    /// An address, number or name of the same kind that belongs to nobody; equal within a record
    /// for equal data.
    case pseudonym
    /// E-mail and public IPv4 addresses alone, found and replaced as datatrove does.
    case datatrove
  }

  private enum Keys {
    static let kinds = Parameter(
      "kinds", default: PersonalDataKind.allCases, "What to look for.")
    static let replacement = Parameter(
      "replacement", default: Replacement.mask,
      "Masks such as [EMAIL]; pseudonyms, equal for equal data of a record; or as datatrove does.")
    static let publicOnly = Parameter(
      "public-only", default: true,
      "Leave addresses of private networks, loopback and documentation alone.")
  }

  static let descriptor = StageDescriptor(
    "clean.pii",
    "Mask e-mail and IP addresses, telephone and card numbers, IBANs, keys and tokens.",
    role: .cleaning, version: 2,
    parameters: [Keys.kinds, Keys.replacement, Keys.publicOnly, CleanKeys.fields],
    example: "clean.pii: {replacement: pseudonym, kinds: [email, phone]}"
  ) { values in
    let kinds = PersonalDataKind.allCases.filter { values[Keys.kinds].contains($0) }
    return PersonalDataStage(
      fields: values[CleanKeys.fields], replacement: values[Keys.replacement],
      finder: PersonalDataFinder(kinds: kinds, publicOnly: values[Keys.publicOnly]))
  }

  let fields: [Selector]
  let replacement: Replacement
  let finder: PersonalDataFinder

  func outcome(of record: Record, _ context: StageContext) throws(StageError) -> Outcome {
    var record = record
    var names = Pseudonyms()
    for selector in fields {
      record.mapFields(selector) { _, text in replaced(text, &names) }
    }
    return .keep(record, note: names.counts.isEmpty ? nil : .object(names.note))
  }

  private func replaced(_ text: String, _ names: inout Pseudonyms) -> String {
    let bytes = Array(text.utf8)
    if replacement == .datatrove {
      let (result, emails, addresses) = DatatrovePII.replaced(bytes)
      names.count(.email, emails)
      names.count(.ip, addresses)
      return emails + addresses > 0 ? String(decoding: result, as: UTF8.self) : text
    }
    let found = finder.find(in: bytes)
    guard !found.isEmpty else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    for datum in found {
      result += bytes[place..<datum.range.lowerBound]
      result += stand(in: bytes, for: datum, &names).utf8
      place = datum.range.upperBound
    }
    result += bytes[place...]
    return String(decoding: result, as: UTF8.self)
  }

  private func stand(
    in bytes: [UInt8], for datum: PersonalDatum, _ names: inout Pseudonyms
  ) -> String {
    names.count(datum.kind, 1)
    guard replacement == .pseudonym else { return "[\(datum.kind.rawValue.uppercased())]" }
    return names.name(for: String(decoding: bytes[datum.range], as: UTF8.self), datum.kind)
  }
}

/// The pseudonyms of a record, and how much was found of each kind.
private struct Pseudonyms {
  private var names: [String: String] = [:]
  private var made: [PersonalDataKind: Int] = [:]
  private(set) var counts: [PersonalDataKind: Int] = [:]

  mutating func count(_ kind: PersonalDataKind, _ count: Int) {
    if count > 0 { counts[kind, default: 0] += count }
  }

  /// What is said in the ledger: how much of which kind, never what.
  var note: JSONObject {
    JSONObject(
      PersonalDataKind.allCases.compactMap { kind in
        counts[kind].map { (kind.rawValue, .integer($0)) }
      })
  }

  /// The pseudonym of a datum, made where it has none; spelling and separators do not matter.
  mutating func name(for datum: String, _ kind: PersonalDataKind) -> String {
    let isNumber = [.card, .iban, .phone].contains(kind)
    let key =
      "\(kind.rawValue) "
      + datum.lowercased().filter { !isNumber || $0.isLetter || $0.isNumber || $0 == "+" }
    if let name = names[key] { return name }
    made[kind, default: 0] += 1
    let name = Self.name(kind, made[kind, default: 1])
    names[key] = name
    return name
  }

  /// Names that are set aside for examples (RFC 2606, 5737, North American 555-01XX).
  private static func name(_ kind: PersonalDataKind, _ number: Int) -> String {
    switch kind {
    case .email: "person\(number)@example.com"
    case .ip: number < 255 ? "192.0.2.\(number)" : "2001:db8::\(String(number, radix: 16))"
    case .phone where number < 100: "+1-202-555-01\(number < 10 ? "0" : "")\(number)"
    default: "[\(kind.rawValue.uppercased())-\(number)]"
    }
  }
}
