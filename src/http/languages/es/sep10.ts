/** What is said on the way to a token, in Spanish. */
export const sep10: Readonly<Record<string, string>> = {
  "is a secret seed: it must never be sent anywhere, and must be treated as stolen now":
    "es una semilla secreta: no debe enviarse nunca a ninguna parte, y ahora debe darse por robada",
  "is a contract (C…), which cannot be used here; an account (G… or M…) is needed":
    "es un contrato (C…), que no se puede usar aquí; se necesita una cuenta (G… o M…)",
  "is not a Stellar account: G… with 56 characters or M… with 69 is needed":
    "no es una cuenta de Stellar: se necesita G… con 56 caracteres o M… con 69",
  "account {0}": "account {0}",
  "account is a contract (C…): contracts sign in by SEP-45, which is not offered here":
    "account es un contrato (C…): los contratos se identifican por SEP-45, que no se ofrece aquí",
  "account is this server's own signing account": "account es la propia cuenta de firma de este servidor",
  "home_domain is not served here; leave it out, or send {0}":
    "home_domain no se sirve aquí; omítalo o envíe {0}",
  "memo and a muxed account (M…) exclude each other": "memo y una cuenta multiplexada (M…) se excluyen",
  "memo is not valid: {0}": "memo no es válido: {0}",
  "a token is needed: Authorization: Bearer <token from {0}>":
    "se necesita un token: Authorization: Bearer <token de {0}>",
  "the token is not one of this server's": "el token no es de este servidor",
  "the token has expired; sign in again": "el token ha caducado; identifíquese de nuevo",
  "the token is from the future; check the clocks": "el token es del futuro; compruebe los relojes",

  "transaction is empty": "transaction está vacío",
  "transaction is longer than {0} characters": "transaction tiene más de {0} caracteres",
  "transaction is a fee bump; send the challenge itself, signed":
    "transaction es un fee bump; envíe el propio desafío, firmado",
  "transaction is not a transaction envelope in base64 XDR":
    "transaction no es un sobre de transacción en XDR y base64",
  "the challenge has no end of validity": "el desafío no tiene fin de validez",
  "the challenge has expired; ask for a new one": "el desafío ha caducado; pida uno nuevo",
  "the challenge is not valid yet": "el desafío aún no es válido",
  "the challenge has no operation": "el desafío no tiene ninguna operación",
  "the first operation is not Manage Data": "la primera operación no es Manage Data",
  "the first operation has no source account": "la primera operación no tiene cuenta de origen",
  "the first operation is for another home domain": "la primera operación es para otro home domain",
  "the first operation's value is not 48 bytes in base64":
    "el valor de la primera operación no son 48 bytes en base64",
  "an operation is not Manage Data": "una operación no es Manage Data",
  "there is more than one client_domain operation": "hay más de una operación client_domain",
  "an operation has a source account that is neither ours nor the client domain's":
    "una operación tiene una cuenta de origen que no es la nuestra ni la del dominio del cliente",
  "the web_auth_domain operation is missing": "falta la operación web_auth_domain",
  "the challenge was made by another endpoint: web_auth_domain differs":
    "el desafío lo hizo otro servidor: web_auth_domain es distinto",
  "the client_domain operation has no value or no key of its own":
    "la operación client_domain no tiene valor o no tiene clave propia",
  "a muxed account (M…) and a memo exclude each other": "una cuenta multiplexada (M…) y un memo se excluyen",
  "the memo is not of type id": "el memo no es de tipo id",
  "the challenge is not from this server": "el desafío no es de este servidor",
  "the sequence number of a challenge is 0": "el número de secuencia de un desafío es 0",
  "the challenge is not signed by this server": "el desafío no está firmado por este servidor",
  "the challenge is for another account": "el desafío es para otra cuenta",
  "the challenge is not signed by the account's key": "el desafío no está firmado con la clave de la cuenta",
  "the challenge has signatures that are not the account's":
    "el desafío tiene firmas que no son de la cuenta",
  "the challenge has a signature that is not by a signer of the account":
    "el desafío tiene una firma que no es de un firmante de la cuenta",
  "a signer of the account signed twice": "un firmante de la cuenta firmó dos veces",
  "the signatures have a weight of {0}; the account's medium threshold needs {1}":
    "las firmas tienen un peso de {0}; el umbral medio de la cuenta exige {1}",
  "the challenge is not signed by the client domain's key":
    "el desafío no está firmado con la clave del dominio del cliente",
  "the challenge is not signed by the account": "el desafío no está firmado por la cuenta",
  "client_domain is not a bare host name in lower case, such as wallet.example.org":
    "client_domain no es un nombre de host solo y en minúsculas, como wallet.example.org",
  "client_domain names a port; only 443 is called from here":
    "client_domain indica un puerto; desde aquí solo se llama al 443",
  "client_domain is missing; every sign-in here names one":
    "falta client_domain; aquí toda identificación indica uno",
  "client_domain is not supported here; leave it out": "client_domain no se admite aquí; omítalo",
  "this client_domain is not one that may sign in here":
    "este client_domain no es de los que pueden identificarse aquí",
  "the stellar.toml of client_domain could not be read over https":
    "el stellar.toml de client_domain no se pudo leer por https",
  "the stellar.toml of client_domain has no SIGNING_KEY that is an account (G…)":
    "el stellar.toml de client_domain no tiene un SIGNING_KEY que sea una cuenta (G…)",
  "the SIGNING_KEY of client_domain is this server's own":
    "el SIGNING_KEY de client_domain es el propio de este servidor",
  "a signed request is needed: Authorization: Bearer <JWT by the client's key>":
    "se necesita una solicitud firmada: Authorization: Bearer <JWT con la clave del cliente>",
  "the Authorization header is not a JWT that the client's key signed for this endpoint and is valid now":
    "la cabecera Authorization no es un JWT firmado con la clave del cliente para esta dirección y válido ahora",
  "the claims of the Authorization header are not the parameters of the request":
    "las afirmaciones de la cabecera Authorization no son los parámetros de la solicitud",
  "the Authorization header may be good for {0} seconds at most":
    "la cabecera Authorization puede valer {0} segundos como máximo",

  "the challenge was used already; ask for a new one": "el desafío ya se usó; pida uno nuevo",
  "the account cannot be checked at the moment; try again with the same challenge":
    "la cuenta no se puede comprobar en este momento; inténtelo de nuevo con el mismo desafío"
}
