/// What stands beside a run of delimiters.
enum CharacterKind {
  case blank
  case punctuation
  case other

  init(before place: Int, in text: [UInt8]) {
    var start = place - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    self.init(start < 0 ? [][...] : text[start..<place])
  }

  init(after place: Int, in text: [UInt8]) {
    var end = place + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    self.init(place < text.count ? text[place..<end] : [])
  }

  private init(_ character: ArraySlice<UInt8>) {
    // The ends of a paragraph count as blanks.
    guard let scalar = String(decoding: character, as: UTF8.self).unicodeScalars.first else {
      self = .blank
      return
    }
    let properties = scalar.properties
    if properties.isWhitespace {
      self = .blank
      return
    }
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
      .modifierSymbol, .otherSymbol:
      self = .punctuation
    default: self = .other
    }
  }
}
