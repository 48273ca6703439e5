// Who may do what: the table behind one's role, and what somebody is told who may not.
export async function access({ base, signIn, picture, accessible, check, beyond }) {
  const marta = await signIn('marta');
  await marta.goto(`${base}/`);
  await marta.locator('.who small a').click();
  check('the role leads to what it may do', marta.url().endsWith('/settings/access'));
  await picture(marta, 'access');
  await accessible(marta, 'the page of access');
  check('every permission has a cell for each role', await marta.locator('table.access tbody td').count() === 5 * await marta.locator('table.access tbody tr').count());
  const refused = await marta.goto(`${base}/rights`);
  check('a page for others is refused', refused.status() === 403);
  const told = await marta.locator('main').innerText();
  check('who is refused is told which role may, and who has it', /Privacy officer/.test(told) && await marta.locator('.who-may dd').count() === 2, told);
  await picture(marta, 'refused');
  await accessible(marta, 'a refusal');
  const phone = { viewport: { width: 390, height: 844 }, locale: 'es-ES', extraHTTPHeaders: { 'Accept-Language': 'es' } };
  const spanish = await signIn('marta', phone);
  for (const [where, name] of [['/settings/access', 'access'], ['/rights', 'refused']]) {
    await spanish.goto(`${base}${where}`);
    check(`${where} fits a telephone`, await beyond(spanish) === '', await beyond(spanish));
    await picture(spanish, `phone-es-${name}`);
    await accessible(spanish, `${where} on a telephone`);
  }
}
