import Records
import Stages
import TextKit

/// Lines that pages of the web carry and that tell nothing.
///
/// A text may speak of cookies, policies and copyright, so a line goes only where a page itself
/// speaks: in a notice that makes up half of it, in labels that are all of it, in an opening that
/// only pages have, or in a statement of copyright.
enum Boilerplate {
  /// Longer lines are text.
  private static let mostCharacters = 160
  /// A notice makes up this part of a line at least.
  private static let leastShare = 0.5

  /// Why a line goes: what was found, and how much of the line it is; nil where it stays.
  static func reason(against line: Substring) -> Reason? {
    // Who asks about such things wants to know.
    guard line.unicodeScalars.count <= mostCharacters, let last = line.unicodeScalars.last,
      last != "?", last != "？"
    else { return nil }
    let lowered = line.lowercased()
    if let mark = copyrightMark(of: line) { return reason(mark, "copyright") }
    if let label = label(of: lowered) { return reason(label, "label") }
    if let opening = openings.first(where: { lowered.hasPrefix($0) }),
      pageWords.contains(where: { lowered.contains($0) })
    {
      return reason(opening, "opening")
    }
    return notice(in: lowered)
  }

  private static func reason(_ phrase: String, _ kind: String) -> Reason {
    Reason("boilerplate", ["kind": .string(kind), "phrase": .string(phrase)])
  }

  // MARK: - Notices

  private static let notices = PhraseSet([
    "this website uses cookies", "this site uses cookies", "we use cookies", "all rights reserved",
    "terms and conditions apply", "subscribe to our newsletter", "sign up for our newsletter",
    "join our newsletter", "follow us on", "please enable javascript", "javascript is disabled",
    "your browser does not support", "click here to subscribe", "powered by wordpress",
    "verwendet cookies", "verwenden cookies", "nutzt cookies", "alle rechte vorbehalten",
    "bitte aktivieren sie javascript", "utilise des cookies", "tous droits réservés",
    "usa cookies", "utiliza cookies", "todos los derechos reservados",
    "使用cookie", "使用 cookie", "版权所有", "保留所有权利", "关注我们的微信", "扫码关注", "点击订阅",
    "未经许可不得转载",
  ])

  private static func notice(in line: String) -> Reason? {
    let bytes = Array(line.utf8)
    func share(_ length: Int) -> Double { Double(length) / Double(bytes.count) }
    let found = notices.first(in: bytes[...]) { length, _ in share(length) >= leastShare }
    return found.map { found in
      Reason(
        "boilerplate",
        [
          "kind": "notice", "phrase": .string(found.phrase),
          "share": .number(share(found.phrase.utf8.count)), "min-share": .real(leastShare),
        ])
    }
  }

  // MARK: - Labels

  private static let labels: Set<String> = [
    "privacy policy", "privacy", "terms of use", "terms of service", "terms", "cookie policy",
    "cookie settings", "cookie preferences", "manage cookies", "accept cookies",
    "accept all cookies",
    "accept all", "imprint", "contact us", "sitemap", "share this article", "share on facebook",
    "share on twitter", "tweet this", "skip to main content", "skip to content", "back to top",
    "log in to comment", "leave a comment", "advertisement", "subscribe to our newsletter",
    "datenschutzerklärung", "datenschutz", "impressum", "cookie-einstellungen",
    "alle cookies akzeptieren", "newsletter abonnieren", "zum inhalt springen", "nach oben",
    "politique de confidentialité", "mentions légales", "política de privacidad", "aviso legal",
    "接受所有cookie", "隐私政策", "隐私权政策", "使用条款", "服务条款", "返回顶部", "联系我们",
  ]
  /// Labels that are words of their own, which go only beside others.
  private static let common: Set<String> = [
    "privacy", "terms", "accept all", "imprint", "contact us", "sitemap", "datenschutz",
    "mentions légales", "aviso legal", "联系我们",
  ]
  private static let between = Set("|·•»›".unicodeScalars)
  private static let around = Set(" \t.!»«›‹→↑[]()…。！".unicodeScalars)

  /// The first label of a line that is nothing but labels.
  private static func label(of line: String) -> String? {
    let parts = line.unicodeScalars.split { between.contains($0) }.map { part in
      var part = part
      while let first = part.first, around.contains(first) { part.removeFirst() }
      while let last = part.last, around.contains(last) { part.removeLast() }
      return String(part)
    }.filter { !$0.isEmpty }
    guard parts.allSatisfy({ labels.contains($0) }) else { return nil }
    return parts.first { !common.contains($0) }
  }

  // MARK: - Openings

  private static let openings = [
    "this website uses cookies", "this site uses cookies", "we use cookies to",
    "we use cookies and",
    "we use cookies on", "by continuing to use this", "by using this website", "by using this site",
    "wir verwenden cookies", "wir nutzen cookies", "diese website verwendet cookies",
    "diese website nutzt cookies", "diese seite verwendet cookies", "nous utilisons des cookies",
    "ce site utilise des cookies", "este sitio utiliza cookies", "este sitio usa cookies",
    "utilizamos cookies", "本网站使用cookie", "我们使用cookie",
  ]
  /// What an opening goes on to speak of on pages, and not where biscuits are baked.
  private static let pageWords = [
    "site", "seite", "sitio", "experience", "erlebnis", "expérience", "experiencia", "traffic",
    "content", "inhalt", "contenu", "contenido", "advert", "anzeigen", "brows", "analy", "consent",
    "nutzung", "体验", "内容", "流量", "网站",
  ]

  // MARK: - Copyright

  /// The mark of a line that states a copyright: whose it is, or since when, stands behind.
  private static func copyrightMark(of line: Substring) -> String? {
    let lowered = line.lowercased()
    guard let mark = ["©", "(c)", "copyright", "版权所有"].first(where: { lowered.hasPrefix($0) })
    else { return nil }
    let blanks: (Character) -> Bool = { $0 == " " || $0 == "," || $0 == ":" }
    var rest = line.dropFirst(mark.count).drop(while: blanks)
    var isStated = mark == "©"
    for sign in ["©", "(c)", "(C)"] where rest.hasPrefix(sign) {
      rest = rest.dropFirst(sign.count).drop(while: blanks)
      isStated = true
    }
    let years = rest.prefix { $0.isNumber || "-–—, ".contains($0) }
    let isDated =
      years.prefix(while: \.isNumber).count == 4 && ["19", "20"].contains { years.hasPrefix($0) }
    rest = rest.dropFirst(years.count)
    let names = rest.first.map { !$0.isLowercase } ?? isDated
    let isHolder = names || ["by ", "the "].contains { rest.hasPrefix($0) }
    return (isStated || isDated) && isHolder ? mark : nil
  }
}
