/** What src/sep12 and the embedded KYC provider's codes say, in Spanish. */
export const sep12: Readonly<Record<string, string>> = {
  "there is no such customer": "no existe tal cliente",
  "this account has no agreement to register customers here":
    "esta cuenta no tiene un acuerdo para registrar clientes aquí",
  "customer data is not available at the moment; try again":
    "los datos de clientes no están disponibles en este momento; inténtelo de nuevo",
  "The customer cannot be served.": "No se puede atender al cliente.",
  "The payout was refused for the data listed in fields; send it again, corrected.":
    "El pago fue rechazado por los datos indicados en fields; envíelos de nuevo, corregidos.",

  "account is a secret key; send the public one (G…)": "account es una clave secreta; envíe la pública (G…)",
  "a contract account takes no memo": "una cuenta de contrato no lleva memo",
  "account is not the account of the token": "account no es la cuenta del token",
  "account differs from the one in the path": "account difiere de la cuenta de la ruta",
  "memo_type must be id, text or hash": "memo_type debe ser id, text o hash",
  "memo_type is sent without memo": "memo_type se envía sin memo",
  "memo is empty: leave it out together with memo_type, or send a value":
    "memo está vacío: omítalo junto con memo_type o envíe un valor",
  "memo is empty: leave it out, or send the token's": "memo está vacío: omítalo o envíe el del token",
  "memo holds a NUL character": "memo contiene un carácter NUL",
  "memo does not fit memo_type {0}: {1}": "memo no corresponde a memo_type {0}: {1}",
  "memo is not the memo of the token": "memo no es el memo del token",
  "memo must be a string: as a JSON number it may have lost digits":
    "memo debe ser una cadena: como número JSON puede haber perdido dígitos",
  "memo differs between the body and the query": "memo difiere entre el cuerpo y la consulta",
  "id differs between the body and the query": "id difiere entre el cuerpo y la consulta",
  "id and account or memo name different customers": "id y account o memo designan clientes distintos",

  "type is not known here; it is one of {0}": "type no se conoce aquí; es uno de {0}",
  "type is needed with transaction_id: it tells the sender from the receiver":
    "type es necesario con transaction_id: distingue al remitente del destinatario",
  "type is one of both sides of the transaction: use one that is the sender's or the receiver's alone":
    "type es de ambas partes de la transacción: use uno que sea solo del remitente o solo del destinatario",
  "type is neither the sender's nor the receiver's in this transaction":
    "type no es ni del remitente ni del destinatario en esta transacción",
  "the transaction has another customer on this side": "la transacción tiene otro cliente en esta parte",
  "the transaction takes no customer any more": "la transacción ya no admite clientes",

  "{0} must be a string": "{0} debe ser una cadena",
  "{0} is sent more than once": "{0} se envía más de una vez",
  "{0} and {1} are one datum and are sent with different values":
    "{0} y {1} son un mismo dato y se envían con valores distintos",
  '{0} holds {1}; names are flat and values are strings, such as "organization.name": "…"':
    '{0} contiene {1}; los nombres son planos y los valores son cadenas, como "organization.name": "…"',
  "the body": "el cuerpo",
  null: "null",
  "true or false": "true o false",
  "an object": "un objeto",
  "a list": "una lista",
  "card data is not accepted here": "aquí no se aceptan datos de tarjetas",
  "{0} is not a file we take": "{0} no es un archivo admitido",
  "the body is not valid UTF-8": "el cuerpo no es UTF-8 válido",
  "the body is not valid multipart/form-data": "el cuerpo no es multipart/form-data válido",
  "the body must be application/json, multipart/form-data or application/x-www-form-urlencoded":
    "el cuerpo debe ser application/json, multipart/form-data o application/x-www-form-urlencoded",
  "the body has more than {0} fields": "el cuerpo tiene más de {0} campos",
  "the body sends a field more than once": "el cuerpo envía un campo más de una vez",

  "the file must be a JPEG, PNG, PDF, MP4 or WebM file":
    "el archivo debe ser un archivo JPEG, PNG, PDF, MP4 o WebM",
  "{0} files wait for the customers that refer to them: put these customers, or wait until files expire":
    "{0} archivos esperan a los clientes que se refieren a ellos: registre a estos clientes o espere a que los archivos caduquen",
  "{0}: there is no such file; send it to /customer/files first":
    "{0}: no existe tal archivo; envíelo primero a /customer/files",
  "the body must be multipart/form-data with a file named file":
    "el cuerpo debe ser multipart/form-data con un archivo llamado file",
  "file_id or customer_id is needed": "se necesita file_id o customer_id",

  "{0}: no field awaits a verification code": "{0}: ningún campo espera un código de verificación",
  "{0} is not the code that was sent": "{0} no es el código que se envió",
  "the code for {0} has expired: put {1} again for a new one":
    "el código de {0} ha caducado: envíe {1} de nuevo para recibir otro",
  "the code for {0} was wrong too often: put {1} again for a new one":
    "el código de {0} fue erróneo demasiadas veces: envíe {1} de nuevo para recibir otro",
  "the body must hold id and verification codes, and nothing else":
    "el cuerpo debe contener id y códigos de verificación, y nada más"
}
