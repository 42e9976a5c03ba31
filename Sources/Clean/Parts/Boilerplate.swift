/// Lines that pages of the web carry and that tell nothing.
enum Boilerplate {
  /// Longer lines speak about cookies and policies and are text.
  private static let mostCharacters = 160
  /// A phrase makes up this part of a line at least, unless the line begins with it.
  private static let leastShare = 0.2

  private static let phrases = PhraseSet([
    "this website uses cookies", "this site uses cookies", "we use cookies", "uses cookies to",
    "use of cookies", "accept all cookies", "accept cookies", "cookie policy", "cookie settings",
    "cookie preferences", "manage cookies", "privacy policy", "terms of use", "terms of service",
    "terms and conditions apply", "all rights reserved", "subscribe to our newsletter",
    "sign up for our newsletter", "join our newsletter", "follow us on", "share this article",
    "share on facebook", "share on twitter", "tweet this", "skip to main content",
    "skip to content", "back to top", "please enable javascript", "javascript is disabled",
    "your browser does not support", "log in to comment", "leave a comment", "advertisement",
    "click here to subscribe", "powered by wordpress",
    "verwendet cookies", "verwenden cookies", "nutzt cookies", "alle cookies akzeptieren",
    "cookie-einstellungen", "datenschutzerklärung", "alle rechte vorbehalten",
    "newsletter abonnieren", "zum inhalt springen", "nach oben", "bitte aktivieren sie javascript",
    "utilise des cookies", "politique de confidentialité", "tous droits réservés",
    "usa cookies", "utiliza cookies", "política de privacidad", "todos los derechos reservados",
    "使用cookie", "使用 cookie", "接受所有cookie", "隐私政策", "隐私权政策", "使用条款", "服务条款",
    "版权所有", "保留所有权利", "返回顶部", "关注我们的微信", "扫码关注", "点击订阅", "未经许可不得转载",
  ])
  private static let copyrightMarks = [
    "©", "(c) 19", "(c) 20", "copyright 19", "copyright 20", "copyright (",
  ]
  /// A line that asks or tells somebody to do something with such a phrase is text.
  private static let questions: Set<Unicode.Scalar> = ["?", "？"]

  static func isBoilerplate(_ line: Substring) -> Bool {
    let count = line.unicodeScalars.count
    guard count <= mostCharacters, let last = line.unicodeScalars.last, !questions.contains(last)
    else {
      return false
    }
    let lowered = line.lowercased()
    if copyrightMarks.contains(where: { lowered.hasPrefix($0) }) { return true }
    let bytes = Array(lowered.utf8)
    return phrases.first(in: bytes[...]) { length, start in
      start == 0 || Double(length) >= leastShare * Double(bytes.count)
    } != nil
  }
}
