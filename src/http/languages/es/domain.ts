/** What machines/domain and the embedded KYC provider say, in Spanish. */
export const domain: Readonly<Record<string, string>> = {
  '{0} is not a decimal amount with at most 7 decimals, such as "100.25"':
    '{0} no es un importe decimal con 7 decimales como máximo, como "100.25"',
  "{0} is more than Stellar can carry (922337203685.4775807)":
    "{0} es más de lo que Stellar puede llevar (922337203685.4775807)",

  "an id memo is a decimal number from 0 to 18446744073709551615":
    "un memo de tipo id es un número decimal de 0 a 18446744073709551615",
  "a text memo is at most 28 bytes of UTF-8": "un memo de tipo text tiene 28 bytes de UTF-8 como máximo",
  "a hash memo is 32 bytes in base64": "un memo de tipo hash son 32 bytes en base64",

  "{0} is not a SEP-9 field": "{0} no es un campo de SEP-9",
  "{0} is a file: send it as a part of multipart/form-data":
    "{0} es un archivo: envíelo como parte de multipart/form-data",
  "{0} is empty: leave it out, or send a value": "{0} está vacío: omítalo o envíe un valor",
  "{0} has {1} characters; at most {2} are taken": "{0} tiene {1} caracteres; se admiten {2} como máximo",
  "{0} holds control characters or broken Unicode": "{0} contiene caracteres de control o Unicode roto",
  "{0} must be one of {1}": "{0} debe ser uno de {1}",
  "{0} must be {1}": "{0} debe ser {1}",
  "{0} is text, not a file": "{0} es texto, no un archivo",
  "a JPEG, PNG, PDF, MP4 or WebM file": "un archivo JPEG, PNG, PDF, MP4 o WebM",
  "a JPEG, PNG or PDF file": "un archivo JPEG, PNG o PDF",

  'a calendar date such as "1985-04-12" (YYYY-MM-DD)':
    'una fecha del calendario como "1985-04-12" (AAAA-MM-DD)',
  'an email address such as "name@example.org"': 'una dirección de correo como "name@example.org"',
  'a phone number in E.164, such as "+14155550100"': 'un número de teléfono en E.164, como "+14155550100"',
  "a phone number with its country code": "un número de teléfono con su prefijo de país",
  'an ISO 3166-1 alpha-3 country code such as "BRA"': 'un código de país ISO 3166-1 alpha-3 como "BRA"',
  'an ISO 639-1 language code such as "pt"': 'un código de idioma ISO 639-1 como "pt"',
  'an ISCO-08 code of three digits, such as "241"': 'un código CIUO-08 de tres dígitos, como "241"',
  "a whole number": "un número entero",
  "an IPv4 or IPv6 address": "una dirección IPv4 o IPv6",
  "a CLABE of 18 digits with a right check digit":
    "una CLABE de 18 dígitos con el dígito de control correcto",
  "a CBU of 22 digits with right check digits": "un CBU de 22 dígitos con los dígitos de control correctos",
  "a CBU alias of 6 to 20 letters, digits, dots and dashes":
    "un alias de CBU de 6 a 20 letras, dígitos, puntos y guiones",

  "Another family name is needed.": "Se necesita otro apellido.",
  "this customer was rejected; new data does not change that":
    "este cliente fue rechazado; datos nuevos no lo cambian"
}
