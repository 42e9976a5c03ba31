import Stages

/// The most frequent words of languages: text has them, lists and junk have not.
enum StopWords {
  enum Language: String, ChoiceValue {
    case en
    case de
    case zh
  }

  static func words(_ language: Language) -> Set<String> {
    let text =
      switch language {
      case .en: english
      case .de: german
      case .zh: chinese
      }
    return Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  private static let english = """
    a about above after again against all also am an and any are as at be because been before
    being below between both but by can could did do does doing down during each even few for from
    further had has have having he her here hers herself him himself his how i if in into is it
    its itself just like may me might more most much must my myself no nor not now of off on once
    one only or other our ours ourselves out over own same she should since so some such than that
    the their theirs them themselves then there these they this those through to too two under
    until up upon us very was we were what when where which while who whom whose why will with
    within without would you your yours yourself
    """
  private static let german = """
    ab aber als also am an auch auf aus außer bei beim bin bis bist da damit dann das dass daß dein
    deine dem den denn der des dich die dies diese diesem diesen dieser dieses dir doch dort du
    durch ein eine einem einen einer eines er es etwas euch euer für gegen gewesen hab habe haben
    hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins
    ist ja jede jedem jeden jeder jedes jene kann kein keine keinen keiner können könnte man manche
    mehr mein meine mich mir mit muss musste nach nicht nichts noch nun nur ob oder ohne sehr sein
    seine seinem seinen seiner seit sich sie sind so solche soll sollte sondern sonst über um und
    uns unser unsere unter viel vom von vor wann war waren warst was weg weil weiter welche welcher
    wenn wer werde werden wie wieder will wir wird wirst wo wollen worden wurde wurden zu zum zur
    zwar zwischen
    """
  private static let chinese = """
    的 一 是 了 在 不 有 和 人 我 他 她 它 们 这 那 个 上 下 也 就 到 说 要 去 你 会 着 没 看 好 自 己 与 及 或
    但 而 之 为 以 于 对 中 从 把 被 让 向 并 等 其 所 可 能 都 还 又 很 更 最 只 则 如 因 此 时 后 前 里 来 吗
    呢 吧 啊 什 么 怎 谁 哪
    """
}
