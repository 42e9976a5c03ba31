/// A rendered conversation as tokens, each of which knows where in the text it stands.
public struct ChatTokens: Sendable, Equatable {
  /// The ids.
  public internal(set) var ids: [Int32] = []
  /// What each token covers of the text, in Unicode scalars from 0.
  public internal(set) var offsets: [Range<Int>] = []
}

extension Tokenizer {
  /// Encodes a rendered conversation; special tokens come from the template alone.
  ///
  /// A text that spells no special token is encoded in one piece, and so gives the ids of
  /// `apply_chat_template`. Where a message spells one, the text is cut there and the spelling is
  /// encoded as plain text, as `apply_chat_template(sanitize_control_tokens=True)` does it.
  public func encode(_ chat: RenderedChat) -> ChatTokens { ChatEncoder(self, chat).tokens() }
}

/// Cuts a text at what looks like special tokens in messages.
private struct ChatEncoder {
  let tokenizer: Tokenizer
  let chat: RenderedChat
  let newline: [Int32]

  init(_ tokenizer: Tokenizer, _ chat: RenderedChat) {
    self.tokenizer = tokenizer
    self.chat = chat
    newline = tokenizer.ids(of: "\n", addSpecialTokens: false)
  }

  func tokens() -> ChatTokens {
    var whole = ChatTokens()
    add(0..<chat.units.count, to: &whole)
    return whole
  }

  /// Encodes part of the text, cut wherever a message spells a special token.
  private func add(_ range: Range<Int>, to tokens: inout ChatTokens) {
    guard !range.isEmpty else { return }
    let piece = encoded(range, isPlain: false)
    let spelled = spellings(in: piece)
    guard !spelled.isEmpty else { return tokens.append(piece) }
    var place = range.lowerBound
    for spelling in spelled where spelling.lowerBound >= place {
      // What stands between was found beside others; alone it is looked at once more.
      add(place..<spelling.lowerBound, to: &tokens)
      addPlain(spelling, to: &tokens)
      place = spelling.upperBound
    }
    add(place..<range.upperBound, to: &tokens)
  }

  /// Where special tokens are spelled with characters of a message.
  private func spellings(in tokens: ChatTokens) -> [Range<Int>] {
    zip(tokens.ids, tokens.offsets).compactMap { id, offset in
      guard let token = tokenizer.pipeline.added.token(of: id), token.isSpecial else { return nil }
      // Some tokens take the blanks around them, which are no part of the spelling.
      let spelling = MarkedText(token.content)
      let place = MarkedText(chat.units[offset]).range(of: spelling).map { $0 + offset.lowerBound }
      // Words that the vocabulary does not have spell nothing.
      if place == nil, id == tokenizer.pipeline.model.unknownId { return nil }
      let range = place.map { $0..<($0 + spelling.count) } ?? offset
      return chat.units[range].contains { $0.source != ChatSource.template } ? range : nil
    }
  }

  /// Encodes a spelling of a special token as text.
  private func addPlain(_ range: Range<Int>, to tokens: inout ChatTokens) {
    let piece = encoded(range, isPlain: true)
    // A vocabulary may hold the spelling as a plain piece too; its characters apart are never it.
    guard spellings(in: piece).isEmpty || range.count == 1 else {
      for place in range { addPlain(place..<(place + 1), to: &tokens) }
      return
    }
    tokens.append(piece)
  }

  /// Encodes part of the text as the middle of a text.
  private func encoded(_ range: Range<Int>, isPlain: Bool) -> ChatTokens {
    let text = MarkedText.string(chat.units[range])
    var options = EncodingOptions()
    options.addSpecialTokens = false
    options.treatsSpecialTokensAsText = isPlain
    if range.lowerBound > 0 {
      // Some tokenizers put a blank before a text, which behind a line break they do not.
      let encoding = tokenizer.encode("\n" + text, options: options)
      if encoding.ids.starts(with: newline) {
        return ChatTokens(encoding, from: newline.count, shift: range.lowerBound - 1)
      }
    }
    return ChatTokens(
      tokenizer.encode(text, options: options), from: 0, shift: range.lowerBound)
  }
}

extension ChatTokens {
  fileprivate init(_ encoding: Encoding, from first: Int, shift: Int) {
    ids = Array(encoding.ids[first...])
    offsets = encoding.offsets[first...].map {
      max(0, Int($0.lowerBound) + shift)..<max(0, Int($0.upperBound) + shift)
    }
  }

  fileprivate mutating func append(_ other: ChatTokens) {
    ids += other.ids
    offsets += other.offsets
  }
}
