import Stages

/// Kinds of personal data and secrets that have a form of their own.
package enum PersonalDataKind: String, CaseIterable, Sendable {
  case key
  case email
  case iban
  case card
  case ip
  case phone

  /// Finds one that begins at a place of a text: where it ends; nil where none begins.
  func end(
    in text: ByteText, at place: Int, publicOnly: Bool, _ memory: inout StretchMemory
  ) -> Int? {
    switch self {
    case .key: SecretKey.end(in: text, at: place, &memory)
    case .email: EmailAddress.end(in: text, at: place, &memory)
    case .iban: BankAccount.end(in: text, at: place)
    case .card: PaymentCard.end(in: text, at: place)
    case .ip: NetworkAddress.end(in: text, at: place, publicOnly: publicOnly)
    case .phone: PhoneNumber.end(in: text, at: place)
    }
  }
}

extension PersonalDataKind: ChoiceValue {}

/// A piece of personal data.
package struct PersonalDatum {
  package let kind: PersonalDataKind
  /// Its bytes.
  package let range: Range<Int>
}

/// Finds personal data, the first kind of the list where several begin at one place.
package struct PersonalDataFinder: Sendable {
  private let kinds: [PersonalDataKind]
  private let publicOnly: Bool

  /// - Parameter publicOnly: Whether addresses of private networks, loopback and documentation are left
  ///   alone.
  package init(kinds: [PersonalDataKind] = PersonalDataKind.allCases, publicOnly: Bool = true) {
    (self.kinds, self.publicOnly) = (kinds, publicOnly)
  }

  /// All that a text of UTF-8 holds, in order.
  package func find(in bytes: [UInt8]) -> [PersonalDatum] {
    let text = ByteText(bytes: bytes)
    var found: [PersonalDatum] = []
    var memory = StretchMemory()
    var place = 0
    while place < bytes.count {
      guard text.canBegin(place), var datum = datum(in: text, at: place, &memory) else {
        place += 1
        continue
      }
      if datum.kind == .email {
        let start = EmailAddress.start(
          in: text, before: place, behind: found.last?.range.upperBound ?? 0)
        datum = PersonalDatum(kind: .email, range: start..<datum.range.upperBound)
      }
      found.append(datum)
      place = datum.range.upperBound
    }
    return found
  }

  private func datum(
    in text: ByteText, at place: Int, _ memory: inout StretchMemory
  ) -> PersonalDatum? {
    for kind in kinds {
      if let end = kind.end(in: text, at: place, publicOnly: publicOnly, &memory) {
        return PersonalDatum(kind: kind, range: place..<end)
      }
    }
    return nil
  }
}

/// Bytes of a text with the questions that finders ask.
package struct ByteText {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }

  package var count: Int { bytes.count }

  /// A byte, 0 outside of the text.
  package subscript(place: Int) -> UInt8 { bytes.indices.contains(place) ? bytes[place] : 0 }

  package func isDigit(_ place: Int) -> Bool { (0x30...0x39).contains(self[place]) }
  package func isUpper(_ place: Int) -> Bool { (0x41...0x5A).contains(self[place]) }
  package func isLetter(_ place: Int) -> Bool { (0x61...0x7A).contains(self[place] | 0x20) }
  package func isAlphanumeric(_ place: Int) -> Bool { isDigit(place) || isLetter(place) }
  /// Part of a word: a letter, a digit, `_`, or a character outside of ASCII.
  package func isWord(_ place: Int) -> Bool {
    isAlphanumeric(place) || self[place] == UInt8(ascii: "_") || self[place] >= 0x80
  }

  package func digit(_ place: Int) -> Int { Int(self[place]) - 0x30 }

  /// Whether a text stands at a place.
  func has(_ text: StaticString, at place: Int) -> Bool {
    guard place >= 0, place + text.utf8CodeUnitCount <= count else { return false }
    return text.withUTF8Buffer { buffer in
      for offset in buffer.indices where buffer[offset] != bytes[place + offset] { return false }
      return true
    }
  }

  /// The end of the run that begins at a place, no further than `limit` bytes on.
  func end(from place: Int, atMost limit: Int = .max, while belongs: (Int) -> Bool) -> Int {
    let stop = limit < count - place ? place + limit : count
    var end = place
    while end < stop, belongs(end) { end += 1 }
    return end
  }

  /// The start of the run that ends before a place, no further than `limit` bytes back.
  func start(before place: Int, atMost limit: Int, while belongs: (Int) -> Bool) -> Int {
    var start = place
    while start > max(0, place - limit), belongs(start - 1) { start -= 1 }
    return start
  }

  /// Whether anything may begin here: not within a word, and with a character that one begins with.
  func canBegin(_ place: Int) -> Bool {
    let byte = bytes[place]
    guard byte < 0x80, byte > 0x20 else { return false }
    // Chinese sets no blanks: 电话13812345678.
    return place == 0 || !isAlphanumeric(place - 1) && bytes[place - 1] != UInt8(ascii: "_")
  }
}
