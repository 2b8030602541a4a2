# SPDX-License-Identifier: EUPL-1.2
"""The Human Trafficking Case Data Standard, version 2.0 (UN Migration, 24 December 2021).

Which of its columns the register reads and how its codes become ours. The crosswalk is the
register's own; where the standard is coarser or finer, the comment says what is lost.
"""

from collections.abc import Mapping

# Every field of the standard.
_FIELDS = """
org_Name org_ShippingCity org_ShippingCountry org_ShippingState org_ShippingStreet
org_ShippingPostalCode org_ShippingLongitude org_ShippingLatitude org_Phone org_Type
prs_Salutation prs_FirstName prs_MiddleName prs_SecondName prs_Birthdate prs_Gender
prs_Deceased prs_MaritalStatus prs_NumberOfChildren prs_PrimaryLanguage
prs_SecondaryLanguage prs_HighestLevelOfEducation prs_Citizenship prs_IdentityNumber
prs_Title prs_Email prs_HomePhone prs_MobilePhone prs_MailingCity prs_MailingCountry
prs_MailingState prs_MailingStreet prs_MailingPostalCode prs_MailingLongitude
prs_MailingLatitude vic_AgreementToManagePersonalData vic_TraffickingStatus
vic_TraffickingStatusDecisionMakingOrg vic_RelationshipToTrafficker
vic_AgeWhenTrafficked vic_RecruitmentWebsitesAndApps vic_MethodOfRecruitment
vic_LocationOfRecruitment vic_MethodsOfControl vic_TypeOfExploitation
vic_ForcedLabourIndustry vic_TypeOfSexExploitation vic_LocationOfExploitation
vic_ExploitationWebsitesAndApps vic_Vulnerabilities vic_DetailsOfVulnerabilities
per_Organisation per_RoleInProcess per_RoleDetails cas_Status cas_ReasonForCaseClosure
cas_CaseOwner cas_ReferringOrganisation cas_IncomingReferralDate
cas_ReferringPrimaryCaseWorker cas_ReasonForIncomingReferral cas_IncomingReferralDetails
cas_ReferredOrganisation cas_ReferredPrimaryCaseWorker cas_ReasonForOutgoingReferral
cas_OutgoingReferralDate cas_OutgoingReferralDetails cco_CaseComment hte_Longitude
hte_Latitude hte_City hte_Country hte_State hte_Street hte_PostalCode hte_Date hte_Type
hte_Description spl_Objectives spl_ActionPlan spl_PlannedEndDate spl_ActualEndDate
spl_Type con_Consent
"""
FIELDS = frozenset(_FIELDS.split())
# Columns of our own that the standard leaves room for (open request no. 28 there asks for a
# value for forced criminality): the sender's number of the row, and forced criminality.
RECORD_ID = "x_RecordId"
FORCED_CRIMINALITY = "x_ForcedCriminality"
EXTENSION = "x_"

DATE = "cas_IncomingReferralDate"
CONSENT = "con_Consent"
BIRTH_DATE = "prs_Birthdate"
NAMES = ("prs_FirstName", "prs_MiddleName", "prs_SecondName")
PHONES = ("prs_MobilePhone", "prs_HomePhone")
# What tells who somebody is: never repeated in a message, not kept when anonymous.
TELLING = frozenset({*NAMES, *PHONES})
READ = (
    RECORD_ID, DATE, "cas_ReferringOrganisation", "org_Type", CONSENT, *NAMES, BIRTH_DATE,
    "prs_Gender", "prs_Citizenship", "prs_PrimaryLanguage", *PHONES, "vic_TraffickingStatus",
    "vic_TypeOfExploitation", FORCED_CRIMINALITY, "hte_Type", "hte_Country",
)  # fmt: skip
MANY = frozenset({"prs_Citizenship", "vic_TypeOfExploitation"})
# Deprecated by the standard itself; its value SocialGroup conflicts with R-39 (no ethnicity).
NEVER_READ = frozenset({"vic_Vulnerabilities", "vic_DetailsOfVulnerabilities"})

# The nine types of the standard are coarser than our kinds of organisation. Law enforcement is
# taken for the police; a sender that is not is named in cas_ReferringOrganisation.
ORGANISATION_TYPES: Mapping[str, str] = {
    "NGO": "ngo",
    "LawEnforcement": "police",
    "HealthServiceOrganisation": "health_service",
    "CentralGovernmentOrganisation": "other",
    "LocalGovernmentOrganisation": "municipality",
    "ImmigrationService": "immigration_service",
    "LegalService": "legal_aid",
    "CorporateBusiness": "other",
    "SchoolOrCollege": "other",
}
GENDERS: Mapping[str, str] = {
    "Feminine": "female",
    "Masculine": "male",
    "TransgenderFeminine": "x",
    "TransgenderMasculine": "x",
    "NonConforming": "x",
    "NonSpecifiedUnknown": "unknown",
}
STATUSES: Mapping[str, bool] = {
    "PossibleVictimOfTrafficking": True,
    "ActualVictimOfTrafficking": True,
    "NotAVictimOfTrafficking": False,
}
EXPLOITATION: Mapping[str, str] = {
    "ForcedLabour": "labour",
    "SexualExploitation": "sexual",
    "ChildLabour": "labour",
    "ForcedMarriage": "forced_marriage",
    "Servitude": "domestic_servitude",
    "ForcedMilitaryByNonStateActors": "other",
    "OrganRemoval": "organ_removal",
    "ForcedBegging": "begging",
    "ForcedAdoption": "other",
    "Surrogacy": "other",
    "Other": "other",
}
EVENT_TYPES: Mapping[str, str] = {
    code: code for code in ("Recruitment", "Transit", "Exploitation")
}
YES_NO: Mapping[str, bool] = {
    "true": True, "yes": True, "ja": True, "y": True, "j": True, "1": True,
    "false": False, "no": False, "nee": False, "n": False, "0": False,
}  # fmt: skip

# ISO 639-2 (both codes where there are two) -> ISO 639-1.
_LANGUAGES = """
nld:nl dut:nl eng:en ron:ro rum:ro bul:bg hun:hu pol:pl spa:es fra:fr fre:fr por:pt
deu:de ger:de ita:it ara:ar tir:ti amh:am som:so vie:vi zho:zh chi:zh rus:ru ukr:uk
tur:tr fas:fa per:fa prs:fa hin:hi ind:id tgl:tl fil:tl sqi:sq alb:sq srp:sr
"""
LANGUAGES: Mapping[str, str] = dict(pair.split(":") for pair in _LANGUAGES.split())
# ISO 3166-1: alpha-3 directly followed by alpha-2.
_COUNTRIES = """
ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG
AUSAU AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL
BLRBY BLZBZ BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH
CHLCL CHNCN CIVCI CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX
CYMKY CYPCY CZECZ DEUDE DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES
ESTEE ETHET FINFI FJIFJ FLKFK FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI
GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM
HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT
JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH KIRKI KNAKN KORKR KWTKW LAOLA LBNLB
LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV MACMO MAFMF MARMA MCOMC MDAMD
MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN MNPMP MOZMZ MRTMR MSRMS
MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI NIUNU NLDNL NORNO
NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL PRIPR PRKKP
PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG SGSGS
SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI
SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO
TTOTT TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC
VENVE VGBVG VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW
"""
COUNTRIES: Mapping[str, str] = {
    **{pair[:3]: pair[3:] for pair in _COUNTRIES.split()},
    # As in machine-readable passports.
    "XXA": "stateless",
    "XXX": "unknown",
    "UNK": "unknown",
}
