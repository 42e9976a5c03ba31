import Records
import Stages

/// `clean.characters`: takes single characters out of texts, such as bullets of pages.
enum CharacterStage {
  private static let removed = Parameter(
    "remove", default: "◆●■►▼▲▴∆▻▷❖♡□", aliases: ["chars_to_remove"], "The characters that go.")

  static let descriptor = EditStage.descriptor(
    "clean.characters",
    "Remove the characters that are named, bullets and shapes unless said otherwise.",
    parameters: [removed], example: "clean.characters: {remove: \"◆●■\"}"
  ) { values in
    let removed = Set(values[removed].unicodeScalars)
    return { text in
      var kept = text.unicodeScalars
      kept.removeAll { removed.contains($0) }
      return Edit(text: String(kept), count: text.unicodeScalars.count - kept.count)
    }
  }
}
