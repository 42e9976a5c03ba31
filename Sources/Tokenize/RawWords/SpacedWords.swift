import CKernels

/// The raw words of models that write spaces as `▁`, put one in front, and cut nothing (Llama-2), where no token
/// has a `▁` behind another visible ASCII character: then a text falls apart where a space follows such a one.
final class SpacedWords: RawWords {
  private static let sign = BytePairSymbols.spaceSign

  /// The way of a normalizer and a pre-tokenizer, or nil where they are not these or tokens span words.
  init?(
    _ normalizer: (any Normalizer)?, _ preTokenizer: (any PreTokenizer)?, _ model: any TokenModel
  ) {
    guard preTokenizer == nil, let normalizer = normalizer as? NormalizerSequence,
      normalizer.marksSpaces(with: Self.sign), model is BytePairModel, let seams = model.seams,
      model.vocabulary.id(of: Self.sign) != nil,
      (0x21...0x7E).allSatisfy({ seams.part([$0], Self.sign) })
    else { return nil }
  }

  var foldsCase: Bool { false }

  var spaceSign: [UInt8]? { Self.sign }

  var areWhole: Bool { true }

  func modelWord(of word: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let size = Int64(word.count)
    let spaces = Int(anneal_count_byte(0x20, word.baseAddress, size))
    let room = word.count + spaces * (Self.sign.count - 1)
    return [UInt8](unsafeUninitializedCapacity: room) { bytes, count in
      anneal_replace_byte(
        0x20, Self.sign, Int64(Self.sign.count), word.baseAddress, size, bytes.baseAddress,
        Int64(room))
      count = room
    }
  }

  func modelWords(of word: UnsafeBufferPointer<UInt8>) -> PreTokenizedText {
    PreTokenizedText(AlignedText(bytes: modelWord(of: word) ?? [], tracks: false))
  }

  func cut(
    _ text: UnsafeBufferPointer<UInt8>, in room: UnsafeMutableBufferPointer<ByteRange>,
    _ visit: (UnsafeBufferPointer<ByteRange>, UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard !text.isEmpty else { return }
    // What the text begins with has a space before it.
    var first = anneal_range()
    var next: Int64 = 0
    _ = anneal_cut_spaced(text.baseAddress, 0, Int64(text.count), &first, 1, &next)
    let spaced = [0x20] + text[..<Int(next)]
    spaced.withUnsafeBufferPointer { spaced in
      var words = RawWordList(room)
      words.add(0, spaced.count)
      words.finish { visit($0, spaced) }
    }
    var words = RawWordList(room)
    var place = Int(next)
    while place < text.count {
      words.makeRoom(for: 2 * ANNEAL_CUT_ROOM) { visit($0, text) }
      words.add(from: &place) {
        anneal_cut_spaced(text.baseAddress, $2, Int64(text.count), $0, $1, &$2)
      }
    }
    words.finish { visit($0, text) }
  }
}
