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

  /// Encodes part of the text, cut where a message spells a special token.
  private func add(_ range: Range<Int>, to tokens: inout ChatTokens) {
    guard !range.isEmpty else { return }
    let piece = encoded(range, isPlain: false)
    guard let spelled = firstSpelled(piece) else { return tokens.append(piece) }
    // What stands before was found to be clean; what follows is read anew.
    add(range.lowerBound..<spelled.lowerBound, to: &tokens)
    addPlain(spelled, to: &tokens)
    add(spelled.upperBound..<range.upperBound, to: &tokens)
  }

  /// The first special token that is spelled with characters of a message.
  private func firstSpelled(_ tokens: ChatTokens) -> Range<Int>? {
    for (id, offset) in zip(tokens.ids, tokens.offsets) {
      guard let token = tokenizer.pipeline.added.token(of: id), token.isSpecial else { continue }
      // Some tokens take the blanks around them, which are no part of the spelling.
      let spelling = MarkedText(token.content)
      let place = MarkedText(chat.units[offset]).range(of: spelling).map { $0 + offset.lowerBound }
      let range = place.map { $0..<($0 + spelling.count) } ?? offset
      if chat.units[range].contains(where: { $0.source != ChatSource.template }) { return range }
    }
    return nil
  }

  /// Encodes a spelling of a special token as text.
  private func addPlain(_ range: Range<Int>, to tokens: inout ChatTokens) {
    let piece = encoded(range, isPlain: true)
    let isSafe = !piece.ids.contains { tokenizer.pipeline.added.token(of: $0)?.isSpecial ?? false }
    // A vocabulary may hold the spelling as a plain piece too; its characters apart are never it.
    guard isSafe || range.count == 1 else {
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
