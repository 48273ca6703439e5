// Models: what acts and why, one card with its gates, and who may let a version act.
export async function models({ base, signIn, picture, accessible, check, beyond }) {
  const marta = await signIn('marta');
  await marta.goto(`${base}/models`);
  const list = await marta.locator('main').innerText();
  check('what acts is listed with its gates', /stage@1/.test(list) && /value@1/.test(list), list.slice(0, 600));
  check('parts of the program stand in the registry too', /cues\.en@1/.test(list));
  await picture(marta, 'models');
  await accessible(marta, 'the models');
  await marta.goto(`${base}/models/stage@1`);
  const card = await marta.locator('main').innerText();
  check('a card says what it is for, its limits and how it did', /Chances of each lifecycle stage/.test(card) && /Limits/.test(card) && /Better than the naive forecast/.test(card), card.slice(0, 900));
  const buttons = await marta.locator('main form button').allInnerTexts();
  check('who writes messages can stop a model and let none act', buttons.join() === 'Retire', buttons.join());
  await picture(marta, 'model');
  await accessible(marta, 'a model');
  await marta.goto(`${base}/models/gates/stage`);
  await picture(marta, 'model-gates');
  await accessible(marta, 'the gates of a model');
  for (const locale of ['en-GB', 'es-ES']) {
    const phone = await signIn('oliver', { viewport: { width: 390, height: 844 }, locale });
    for (const [name, path] of [['models', '/models'], ['model', '/models/stage@1'], ['model-gates', '/models/gates/stage']]) {
      await phone.goto(`${base}${path}`);
      check(`${name} fits on a phone (${locale})`, await beyond(phone) === '', await beyond(phone));
      await picture(phone, `${locale.slice(0, 2)}-phone-${name}`);
    }
  }
}
