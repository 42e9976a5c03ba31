import Stages

/// Short lists of vulgar and abusive words, for those who name no list of their own.
enum FlaggedWords {
  enum Language: String, ChoiceValue {
    case en
    case de
    case zh
  }

  static func words(_ language: Language) -> [String] {
    let text =
      switch language {
      case .en: english
      case .de: german
      case .zh: chinese
      }
    return text.split { $0 == "," || $0 == "\n" }.map(String.init)
  }

  private static let english = """
    arsehole,asshole,assholes,bastard,bastards,bitch,bitches,blowjob,bollocks,bullshit,cock,cocks
    cocksucker,cum,cumshot,cunt,cunts,dick,dickhead,dildo,fag,faggot,fuck,fucked,fucker,fuckers
    fucking,fucks,gangbang,handjob,jerk off,motherfucker,motherfucking,nigger,nigga,piss off
    porn,porno,pussy,pussies,retard,shit,shits,shitty,slut,sluts,son of a bitch,tits,twat,wank
    wanker,whore,whores,xxx
    """
  private static let german = """
    arsch,arschloch,arschlöcher,fick,ficken,ficker,fickt,fotze,fotzen,hurensohn,hurensöhne,hure
    huren,kacke,kanake,leck mich am arsch,missgeburt,miststück,möse,muschi,nutte,nutten,pisser
    scheiße,scheisse,scheiß,schlampe,schlampen,schwuchtel,schwanzlutscher,spast,titten,verpiss dich
    wichser,wichsen
    """
  private static let chinese = """
    傻逼,傻屄,操你,操你妈,草泥马,他妈的,你妈的,妈逼,妈的逼,鸡巴,婊子,贱人,贱货,狗日的,王八蛋,混蛋,杂种,肏
    屌丝,日你妈,去死吧,骚货,骚逼,淫荡,色情,黄片,做爱视频,约炮,强奸视频,滚蛋
    """
}
