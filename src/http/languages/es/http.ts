/** What src/http says, in Spanish. */
export const http: Readonly<Record<string, string>> = {
  "the request is not valid": "la solicitud no es válida",
  "a valid token is needed": "se necesita un token válido",
  "not allowed": "no permitido",
  "there is no such endpoint": "esa dirección no existe aquí",
  "the method is not allowed here": "el método no está permitido aquí",
  "the request took too long to arrive": "la solicitud tardó demasiado en llegar",
  "the URL is too long": "la URL es demasiado larga",
  "the request is too large": "la solicitud es demasiado grande",
  "the content type of the body is not supported here": "el tipo de contenido del cuerpo no se admite aquí",
  "the connection cannot be used for this": "la conexión no se puede usar para esto",
  "too many requests": "demasiadas solicitudes",
  "too many requests; try again in {0} s": "demasiadas solicitudes; inténtelo de nuevo en {0} s",
  "not available at the moment": "no disponible en este momento",
  "not available at the moment; try again later": "no disponible en este momento; inténtelo más tarde",
  "internal error": "error interno",
  "the request took too long; what it asked for may still happen, so look before repeating it":
    "la solicitud tardó demasiado; lo que pedía aún puede ocurrir, así que compruébelo antes de repetirla",
  "the method is not allowed here; allowed: {0}": "el método no está permitido aquí; permitidos: {0}",

  "the path": "la ruta",
  "the headers": "las cabeceras",
  "the query": "la consulta",
  "the body": "el cuerpo",
  "the answer": "la respuesta",
  "the answer's headers": "las cabeceras de la respuesta",
  "expected string": "se esperaba un texto",
  "expected number": "se esperaba un número",
  "expected boolean": "se esperaba true o false",
  "expected object": "se esperaba un objeto",
  "expected array": "se esperaba una lista",
  "expected a valid JSON body": "se esperaba un cuerpo JSON válido",
  "{0} is not valid": "{0}: no es válido",
  "{0} is given more than once": "{0}: aparece más de una vez",
  "{0} is missing": "{0}: falta",
  "{0} is not valid: {1}": "{0}: no es válido: {1}",

  "its host did not answer": "su host no respondió",
  "its host is not one that is called from here": "su host no es de los que se llaman desde aquí",
  "its host is an address that is not written as four decimal numbers":
    "su host es una dirección que no está escrita como cuatro números decimales",
  "port {0} is not one that is called from here": "el puerto {0} no es de los que se llaman desde aquí",
  "it is not https": "no es https",
  "it holds a user name or password": "contiene un nombre de usuario o una contraseña",
  "it has a fragment": "tiene un fragmento",
  "it has more than {0} characters": "tiene más de {0} caracteres",
  "it is not an absolute URL such as https://example.org/callback":
    "no es una URL absoluta como https://example.org/callback",

  "the body must be application/json": "el cuerpo debe ser application/json",
  "the body must be a JSON object": "el cuerpo debe ser un objeto JSON",
  "the body is not valid UTF-8": "el cuerpo no es UTF-8 válido",
  "the body names a key twice, at position {0}": "el cuerpo nombra una clave dos veces, en la posición {0}",
  "the body has the key __proto__ at position {0}, which is not allowed":
    "el cuerpo tiene en la posición {0} la clave __proto__, que no está permitida",
  "the string at position {0} holds half a surrogate pair":
    "el texto en la posición {0} contiene medio par sustituto",
  "the body is nested deeper than {0} levels": "el cuerpo está anidado a más de {0} niveles",
  "the body is not valid JSON: unexpected character at position {0}":
    "el cuerpo no es JSON válido: carácter inesperado en la posición {0}",
  "the body is not valid JSON: it ends too early": "el cuerpo no es JSON válido: termina demasiado pronto"
}
