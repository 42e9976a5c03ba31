import Stages
import TextKit

/// `clean.unicode`: one spelling for what Unicode calls equivalent.
enum UnicodeStage {
  private static let form = Parameter(
    "form", default: NormalizationForm.nfc,
    "NFC and NFD keep every character's look; NFKC and NFKD also turn ﬁ into fi and Ａ into A.")

  static let descriptor = StageDescriptor(
    "clean.unicode", "Bring texts into one Unicode normalization form.", role: .cleaning,
    parameters: [form, CleanKeys.fields], example: "clean.unicode: {form: NFKC}"
  ) { values in
    let normalizer = Normalizer(values[form])
    return FieldStage(
      fields: values[CleanKeys.fields], spares: { normalizer.leaves($0) },
      change: TextChange(utf8: { normalizer.normalize($0, to: &$1) }))
  }
}
