extension WhitespaceCleaner {
  /// Writes clean text into a buffer that is as large as the text.
  struct Writer {
    let cleaner: WhitespaceCleaner
    let bytes: UnsafeBufferPointer<UInt8>
    let output: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0
    private var place = 0
    /// Blanks and line breaks that wait for the next visible character, and where those blanks begin.
    private var blanks = 0
    private var breaks = 0
    private var firstBlank = 0
    /// A carriage return ends a line by itself or with the line feed behind it.
    private var afterReturn = false
    /// The fences that the lines are within.
    private var fences = CodeFences<UnsafeBufferPointer<UInt8>>()

    init(
      _ cleaner: WhitespaceCleaner, _ bytes: UnsafeBufferPointer<UInt8>,
      to output: UnsafeMutableBufferPointer<UInt8>
    ) {
      self.cleaner = cleaner
      self.bytes = bytes
      self.output = output
    }

    mutating func write() {
      WhitespaceCleaner.classes.withUnsafeBufferPointer { classes in
        while place < bytes.count {
          let byte = bytes[place]
          let kind = classes[Int(byte)]
          if kind == .text {
            flush()
            // Most of a text is words; they are copied without a look at what waits.
            repeat {
              output[count] = bytes[place]
              count += 1
              place += 1
            } while place < bytes.count && classes[Int(bytes[place])] == .text
          } else if kind == .lead {
            character()
          } else {
            take(kind, isReturn: byte == 0x0D, isFeed: byte == 0x0A)
            place += 1
          }
        }
      }
      if !cleaner.strips { flush() }
    }

    /// Takes a character of several bytes.
    private mutating func character() {
      let (kind, length) = WhitespaceClass.ofCharacter(bytes, at: place)
      switch kind {
      case .blank: take(.blank)
      case .newline: take(.newline)
      case .dropped: take(.dropped)
      case .text:
        flush()
        for index in place..<place + length { put(bytes[index]) }
      }
      place += length
    }

    private mutating func take(_ kind: ByteClass, isReturn: Bool = false, isFeed: Bool = false) {
      defer { afterReturn = isReturn }
      switch kind {
      case .text, .lead, .dropped: break
      case .blank:
        if blanks == 0 { firstBlank = place }
        blanks += 1
      case .newline:
        if isFeed, afterReturn { return }
        if cleaner.newlines == .blanks { return take(.blank) }
        if !cleaner.strips, blanks > 0 { flush() }
        blanks = 0
        breaks += 1
      }
    }

    @inline(__always)
    private mutating func flush() {
      afterReturn = false
      if blanks | breaks != 0 || count == 0 { beginWord() }
    }

    /// Writes what waits before a visible character.
    private mutating func beginWord() {
      defer { (blanks, breaks) = (0, 0) }
      let waiting = blanks
      let beginsText = count == 0
      let begins = beginsText || breaks > 0
      if !beginsText || !cleaner.strips {
        let kept = cleaner.newlines == .paragraphs && !fences.isOpen ? min(breaks, 2) : breaks
        for _ in 0..<kept { put(0x0A) }
      }
      if blanks > 0 { writeBlanks(begins: begins, beginsText: beginsText) }
      if begins, cleaner.keepsIndentation { _ = fences.take(bytes[place...], indent: waiting) }
    }

    private mutating func writeBlanks(begins: Bool, beginsText: Bool) {
      let mayStay = beginsText ? indentsWhatFollows : begins || fences.isOpen
      if cleaner.keepsIndentation, mayStay {
        copyBlanks()
      } else if !begins || !cleaner.strips {
        put(0x20)
      }
    }

    /// Writes the blanks before this place one by one: tabs as they are, all others as plain ones.
    ///
    /// The ideographic space indents paragraphs of Chinese and Japanese, not programs.
    private mutating func copyBlanks() {
      var index = firstBlank
      while index < place {
        let byte = bytes[index]
        switch WhitespaceCleaner.classes[Int(byte)] {
        case .blank:
          put(byte == 0x09 ? 0x09 : 0x20)
          index += 1
        case .lead:
          let (kind, length) = WhitespaceClass.ofCharacter(bytes, at: index)
          if kind == .blank, fences.isOpen || byte != 0xE3 { put(0x20) }
          index += length
        case .text, .newline, .dropped: index += 1
        }
      }
    }

    /// Whether the blanks before a text's first character indent it as they do a later line.
    ///
    /// A function's body may be the whole text; a single blank is a slip.
    private var indentsWhatFollows: Bool {
      guard blanks > 1 || bytes[firstBlank] == 0x09 else { return false }
      let first = bytes[firstBlank..<place]
      var rest = bytes[place...]
      while let end = rest.firstIndex(of: 0x0A) {
        rest = rest[(end + 1)...]
        if rest.starts(with: first) { return true }
      }
      return false
    }

    private mutating func put(_ byte: UInt8) {
      output[count] = byte
      count += 1
    }
  }
}
